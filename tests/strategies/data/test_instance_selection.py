from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest
import torch

import gancheck as gc
from gancheck.errors import BadParameter
from gancheck.numerics.seeding import generator
from gancheck.strategies.data.instance_selection import ROWS, InstanceSelection, principal_directions
from gancheck.training.vectorise import ExecutionPath

NAME = "instance-selection"


def reference(dataset: gc.Dataset, seed: int, keep: float) -> Callable[[torch.Tensor], torch.Tensor]:
    """How far rows lie below the threshold, in log likelihood of a Gaussian with the data's moments."""
    x = dataset.draw(ROWS, generator("cpu", seed, "study", NAME)).x.double()
    gaussian = torch.distributions.MultivariateNormal(x.mean(0), torch.cov(x.T))
    threshold = torch.quantile(gaussian.log_prob(x), 1 - keep)
    return lambda rows: threshold - gaussian.log_prob(rows.double())


def test_no_row_below_the_threshold_is_trained_on(train: Callable[..., Any], registry: gc.Registry) -> None:
    seen: list[torch.Tensor] = []

    @gc.strategy("watch", family="test")
    @dataclass(frozen=True)
    class Watch(gc.Strategy):
        def discriminator_loss(self, loss: torch.Tensor, game: Any) -> torch.Tensor:
            seen.append(game.batch.x.detach().clone())
            return loss

    train("instance-selection(keep=0.3)", extra=(Watch(),), path=ExecutionPath("looped", "eager"), steps=3, seeds=(0,))
    rows = torch.cat(seen)
    below = reference(registry.build("dataset", "ring8"), 0, 0.3)
    assert {len(batch) for batch in seen} == {16}
    assert below(rows).max() < 1e-3
    plain = registry.build("dataset", "ring8").draw(1_000, torch.Generator().manual_seed(0)).x
    assert (below(plain) > 0).double().mean().item() == pytest.approx(0.7, abs=0.05)


def picked(x: torch.Tensor, threshold: float, n: int) -> torch.Tensor:
    """What is picked of one-dimensional rows around 0."""
    memory = {"mean": torch.zeros(1), "directions": torch.ones(1, 1), "threshold": torch.tensor(threshold)}
    game: Any = SimpleNamespace(memory={f"{NAME}/{name}": t for name, t in memory.items()})
    rows = torch.arange(len(x))
    return InstanceSelection().pick(gc.Batch(x[:, None], rows, rows), n, game).x[:n, 0]


def test_rows_keep_their_order_and_are_repeated_where_too_few_are_dense() -> None:
    x = torch.tensor([5.0, 1.0, -4.0, 0.5, -0.2, 3.0])
    assert picked(x, 1.0, 2).tolist() == pytest.approx([1.0, 0.5])
    assert picked(x, 1.0, 6).tolist() == pytest.approx([1.0, 0.5, -0.2, 1.0, 0.5, -0.2])
    assert picked(x, 30.0, 6).equal(x)


def test_principal_directions_are_those_of_the_singular_values() -> None:
    source = torch.Generator().manual_seed(0)
    x = torch.randn(200, 30, generator=source, dtype=torch.float64) * torch.linspace(3, 0.1, 30)
    x = x - x.mean(0)
    left = torch.linalg.svd(x, full_matrices=False)
    for count, tolerance in ((30, 1e-8), (5, 0.05)):
        scores = x @ principal_directions(x, count, source)
        expected = left.U[:, :count] * (len(x) - 1) ** 0.5
        gap = (scores.square().sum(1) - expected.square().sum(1)).abs().max()
        assert scores.shape == (200, count)
        assert gap <= tolerance * expected.square().sum(1).max()


def test_columns_that_never_vary_do_not_count() -> None:
    x = torch.randn(100, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    x = x - x.mean(0)
    wide = torch.cat([x, torch.zeros(100, 3, dtype=torch.float64)], 1)
    source = torch.Generator().manual_seed(0)
    plain, more = (principal_directions(rows, 64, source) for rows in (x, wide))
    torch.testing.assert_close((wide @ more).square().sum(1), (x @ plain).square().sum(1))


def test_images_are_judged_by_their_leading_components() -> None:
    source = torch.Generator().manual_seed(0)
    x = torch.rand(300, 1, 9, 9, generator=source)
    rows = torch.arange(300)
    look: Any = SimpleNamespace(source=source, data=lambda count: gc.Batch(x, rows, rows))
    found = InstanceSelection(keep=0.25).study(look)
    centred = (x - x.mean(0)).flatten(1).double()
    left = torch.linalg.svd(centred, full_matrices=False).U[:, :64]
    far = left.square().sum(1) * 299
    mine = ((x.flatten(1) - found[f"{NAME}/mean"]) @ found[f"{NAME}/directions"]).square().sum(1)
    assert found[f"{NAME}/directions"].shape == (81, 64)
    assert (mine <= 1.0001 * found[f"{NAME}/threshold"]).sum() == 75  # one of them lies on it
    assert torch.corrcoef(torch.stack([mine.double(), far]))[0, 1] > 0.98  # small components are found to a tolerance


@pytest.mark.parametrize("other", ["r1", "ema(decay=0.5)", "pacgan", "spectral-norm"])
def test_it_has_an_effect_beside_others(train: Callable[..., Any], apart: Callable[..., float], other: str) -> None:
    how = {"steps": 2, "seeds": (0,), "default": gc.Optimiser(lr=0.02)}
    alone, beside, both = (train(r, **how) for r in (NAME, other, f"{NAME}+{other}"))
    assert apart(both, alone) > 1e-6
    assert apart(both, beside) > 1e-6


@pytest.mark.parametrize("bad", ["keep=0.0", "keep=1.5", "components=0"])
def test_bad_parameters_are_refused(duel: Callable[..., Any], bad: str) -> None:
    with pytest.raises(BadParameter, match="keep"):
        duel(f"instance-selection({bad})")
