"""Samples that a program holds or makes."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

import gancheck.loading.in_memory as python
from gancheck.errors import BadData
from gancheck.loading.open import open_samples
from gancheck.loading.options import ReadOptions

X = torch.randn(30, 2, generator=torch.Generator().manual_seed(0))
Y = torch.arange(30) % 3
RUN = ReadOptions(torchscript=True)


class Wrapped:
    """Something foreign that numpy can read."""

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        return X.numpy()


@pytest.mark.parametrize(
    "source",
    [
        X,
        X.numpy(),
        X.clone().requires_grad_(),
        X.tolist(),
        Wrapped(),
        list(X.split(7)),
        list(X),
        [X.numpy()],
        {"x": X},
        DataLoader(TensorDataset(X), batch_size=7),
        TensorDataset(X),
    ],
    ids=lambda s: type(s).__name__,
)
def test_everything_that_holds_samples_gives_the_same(source: Any) -> None:
    opened = open_samples(source)
    assert (opened.shape, opened.count, opened.labels) == ((2,), 30, None)
    for _ in range(2):
        assert torch.equal(opened.take(99).float(), X)


@pytest.mark.parametrize(
    "source",
    [
        (X, Y),
        [(X[:7], Y[:7]), (X[7:], Y[7:])],
        [[X[:7], Y[:7]], [X[7:], Y[7:]]],
        {"samples": X, "labels": Y},
        DataLoader(TensorDataset(X, Y), batch_size=7),
        TensorDataset(X, Y),
        zip(X.split(7), Y.split(7), strict=True),
    ],
    ids=lambda s: type(s).__name__,
)
def test_pairs_give_labels(source: Any) -> None:
    opened = open_samples(source)
    assert opened.labels is not None
    assert torch.equal(opened.labels, Y)
    assert torch.equal(opened.take(30), X)


WORDS = ["ant", "bee", "cat"] * 10


@pytest.mark.parametrize(
    "source",
    [
        (X, WORDS),
        (X.numpy(), np.array(WORDS)),
        (X, np.array(WORDS, dtype=object)),
        [(X[:6], WORDS[:6]), (X[6:], tuple(WORDS[6:]))],
        DataLoader([*zip(X, WORDS, strict=True)], batch_size=7),
    ],
    ids=lambda s: type(s).__name__,
)
def test_pairs_may_have_words_for_labels(source: Any) -> None:
    opened = open_samples(source)
    assert opened.labels is not None
    assert torch.equal(opened.labels, Y)
    assert opened.classes == ("ant", "bee", "cat")


def test_pairs_may_have_a_list_of_whole_numbers_for_labels() -> None:
    opened = open_samples((X.numpy(), Y.tolist()))
    assert opened.labels is not None
    assert torch.equal(opened.labels, Y)


@pytest.mark.parametrize(
    ("made", "shape"),
    [
        (np.asarray, (8, 9, 3)),
        (torch.from_numpy, (3, 8, 9)),
        (Image.fromarray, (8, 9, 3)),
        (Image.fromarray, (8, 9)),
    ],
)
@pytest.mark.parametrize("how", [list, iter])
def test_a_list_of_single_images_is_no_list_of_batches(how: Any, made: Any, shape: tuple[int, ...]) -> None:
    images = np.random.default_rng(0).integers(0, 256, (5, *shape), dtype=np.uint8)
    opened = open_samples(how([made(image) for image in images]))
    assert torch.equal(opened.take(9), open_samples(images).take(9))


def test_a_shuffling_loader_is_read_once_so_that_labels_stay_with_their_samples() -> None:
    loader = DataLoader(TensorDataset(X, Y), batch_size=7, shuffle=True)
    opened = open_samples(loader)
    assert opened.labels is not None
    assert torch.equal(opened.take(30), opened.take(30))
    row = {tuple(x): y for x, y in zip(X.tolist(), Y.tolist(), strict=True)}
    assert [row[tuple(x)] for x in opened.take(30).tolist()] == opened.labels.tolist()


def test_batches_that_share_one_buffer_are_kept_apart() -> None:
    def batches() -> Iterator[np.ndarray]:
        buffer = np.zeros((5, 2))
        for number in range(4):
            buffer[:] = number
            yield buffer

    assert open_samples(batches()).take(20)[:, 0].tolist() == [k for k in range(4) for _ in range(5)]


def test_bfloat16_and_half_become_float32() -> None:
    for dtype in (torch.bfloat16, torch.float16):
        assert torch.equal(open_samples(X.to(dtype)).take(30), X.to(dtype).float())


def test_a_function_is_asked_in_batches_and_gives_the_same_again() -> None:
    asked: list[int] = []

    def draw(count: int) -> Tensor:
        asked.append(count)
        return torch.randn(count, 2)

    opened = open_samples(draw)
    assert (opened.name, opened.count) == ("draw", None)
    first = opened.take(4_500)
    assert first.shape == (4_500, 2)
    assert torch.equal(opened.take(100), first[:100])
    assert max(asked) <= 1_000
    assert sum(asked) == 5_000


@pytest.mark.parametrize(
    ("draw", "said"),
    [
        (lambda count: 1 / 0, "division by zero"),
        (lambda: 1, "fails .*; give a function that takes a count"),
        (lambda count: torch.zeros(64, 2), "gave 64; it must give as many"),
        (lambda count: 3.0, "gave a single value"),
        (lambda count: None, "plain numbers"),
        (lambda count: torch.full((count, 2), float("nan")), "2,000 of 2,000 samples have NaN"),
        (lambda count: torch.zeros(count), "single numbers in a row"),
    ],
)
def test_functions_that_give_no_samples_are_refused(draw: Callable[..., Any], said: str) -> None:
    with pytest.raises(BadData, match=said):
        open_samples(draw)


def test_an_endless_source_that_leaves_its_range_later_is_refused() -> None:
    calls = itertools.count()
    opened = open_samples(lambda count: np.full((count, 8, 8), 0.5 if next(calls) < 2 else 7.0))
    assert opened.take(2_000).shape == (2_000, 1, 8, 8)
    with pytest.raises(BadData, match="later ones run to 7"):
        opened.take(3_000)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (5, "cannot read samples from int"),
        (None, "cannot read samples from NoneType"),
        (b"bytes", "cannot read samples from bytes"),
        (object(), "cannot read samples from object"),
        ([], "no batches"),
        (iter([]), "no batches"),
        ([[1, 2], [3]], "cannot be read|Python objects"),
        (iter([1, 2, 3]), "single values"),
        (["a", "b"], "text|single numbers"),
        ([X, X[:, :1]], "give one shape"),
        ([(X, Y), X], "1 of 2 batches have labels"),
        (iter([(X, X)]), "not of samples and whole-number labels"),
        (np.ma.masked_equal(np.ones((3, 2)), 1), "masked"),
        (torch.zeros(3, 2, device="meta"), "cannot be read"),
        (torch.zeros(3, 2, dtype=torch.complex64), "complex"),
        (range(3), "single numbers in a row|single values"),
    ],
)
def test_objects_that_are_no_samples_are_refused(source: Any, said: str) -> None:
    with pytest.raises(BadData, match=said) as caught:
        open_samples(source)
    assert "\n" not in str(caught.value)


def test_batches_without_an_end_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(python, "LARGEST", 10_000)
    with pytest.raises(BadData, match="never end or hold more than 8 GiB"):
        open_samples(itertools.repeat(np.zeros((10, 2))))
    monkeypatch.setattr(python, "LONGEST", 50)
    with pytest.raises(BadData, match="never end"):
        open_samples(itertools.repeat(np.zeros((0, 2))))


class Moody(nn.Module):
    """A generator with everything that sampling could disturb: dropout, batch norm, noise of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.norm, self.drop = nn.Linear(5, 8), nn.BatchNorm1d(8), nn.Dropout(0.5)

    def forward(self, z: Tensor) -> Tensor:
        made: Tensor = self.drop(self.norm(self.first(z)))
        return made + 0.1 * torch.randn_like(made)


def test_a_network_is_sampled_without_a_trace() -> None:
    module = Moody().train()
    module.drop.eval()
    before, state = {k: v.clone() for k, v in module.state_dict().items()}, torch.get_rng_state()
    opened = open_samples(module)
    first = opened.take(600)
    assert (opened.count, opened.shape, first.requires_grad) == (None, (8,), False)
    assert torch.equal(opened.take(300), first[:300])
    assert torch.equal(torch.get_rng_state(), state)
    assert (module.training, module.norm.training, module.drop.training) == (True, True, False)
    assert all(torch.equal(v, before[k]) for k, v in module.state_dict().items())


def test_latents_are_standard_normal_and_fresh() -> None:
    z = open_samples(nn.Identity(), latent=4).take(20_000)
    assert z.mean().abs() < 0.02
    assert (z.std() - 1).abs() < 0.02
    assert len(z.unique(dim=0)) == 20_000


def test_convolutional_generators_get_latents_with_two_more_axes() -> None:
    module = nn.Sequential(nn.ConvTranspose2d(7, 3, 8), nn.Tanh())
    opened = open_samples(module)
    assert opened.shape == (3, 8, 8)
    assert any("(7, 1, 1)" in note for note in opened.notes)


def test_a_network_in_half_precision_gets_latents_to_match() -> None:
    assert open_samples(nn.Linear(4, 2).bfloat16()).take(3).dtype == torch.float32


class Failing(nn.Module):
    def forward(self, z: Tensor) -> Tensor:
        raise KeyError("something\nlong")


@pytest.mark.parametrize(
    ("module", "latent", "said"),
    [
        (nn.Tanh(), None, "give it with --latent"),
        (nn.Linear(4, 2), 5, "takes no latents of shape"),
        (nn.Linear(4, 2), 0, "between 1 and"),
        (nn.Linear(4, 2), 10**12, "between 1 and"),
        (nn.Flatten(0), 3, "must give one sample each"),
        (Failing(), 3, "something"),
    ],
)
def test_networks_that_give_no_samples_are_refused(module: nn.Module, latent: int | None, said: str) -> None:
    with pytest.raises(BadData, match=said) as caught:
        open_samples(module, latent=latent)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("script", [True, False])
def test_torchscript_gives_what_its_network_gives(tmp_path: Path, script: bool) -> None:
    module = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2)).eval()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = torch.jit.script(module) if script else torch.jit.trace(module, torch.zeros(1, 3))
        torch.jit.save(made, tmp_path / "g.pt")
        torch.jit.save(torch.jit.freeze(made.eval()), tmp_path / "frozen.ts")
    wanted = open_samples(module).take(500)
    assert torch.allclose(open_samples(tmp_path / "g.pt", options=RUN).take(500), wanted, atol=1e-6)
    with pytest.raises(BadData, match="--latent"):
        open_samples(tmp_path / "frozen.ts", options=RUN)
    assert torch.allclose(open_samples(tmp_path / "frozen.ts", latent=3, options=RUN).take(500), wanted, atol=1e-6)
