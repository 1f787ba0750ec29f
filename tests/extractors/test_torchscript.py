"""A network of one's own from a TorchScript file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

import gancheck as gc
from gancheck.errors import BadData, BadParameter, MissingWeights
from gancheck.extractors.loaded import load_extractor
from gancheck.plugins.registry import Registry

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
IMAGES = torch.rand(6, 1, 8, 8, generator=torch.Generator().manual_seed(0)) * 2 - 1


class Echo(nn.Module):
    """The numbers that reach the network."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.flatten(1)


@pytest.fixture
def echo(tmp_path: Path) -> Path:
    path = tmp_path / "echo.ts"
    torch.jit.script(Echo()).save(str(path))
    return path


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("torchscript", IMAGES),
        ("torchscript(span='unit')", (IMAGES + 1) / 2),
        ("torchscript(span='bytes')", ((IMAGES + 1) * 127.5).round()),
        ("torchscript(channels=3)", IMAGES.repeat(1, 3, 1, 1)),
    ],
)
def test_images_reach_the_network_as_asked(text: str, wanted: torch.Tensor, echo: Path, registry: Registry) -> None:
    found = load_extractor(text, registry, weights=echo).features(IMAGES)
    torch.testing.assert_close(found, wanted.flatten(1))


def test_images_are_resized_where_asked(echo: Path, registry: Registry) -> None:
    assert load_extractor("torchscript(side=4)", registry, weights=echo).features(IMAGES).shape == (6, 16)


def test_it_serves_a_score_and_the_answer_says_what_it_was(echo: Path) -> None:
    source = np.random.default_rng(0)
    x, real = (source.uniform(-1, 1, (n, 1, 4, 4)).astype(np.float32) for n in (100, 200))
    answer = gc.score(x, reference=real, features="torchscript", weights=echo, metrics="fid")
    plain = gc.score(x, reference=real, features="points", metrics="fid")
    assert answer.values == {"fid@torchscript": pytest.approx(plain.values["fid"])}
    assert any("TorchScript" in note and "signed numbers" in note for note in answer.notes)


def test_without_a_file_it_says_what_to_give(registry: Registry) -> None:
    with pytest.raises(MissingWeights, match="--weights PATH; save the network with torch"):
        load_extractor("torchscript", registry)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no archive"])
def test_a_file_that_is_no_network_is_one_line(content: bytes, tmp_path: Path, registry: Registry) -> None:
    (tmp_path / "wrong.ts").write_bytes(content)
    with pytest.raises(BadData, match=r"wrong\.ts") as error:
        load_extractor("torchscript", registry, weights=tmp_path / "wrong.ts")
    assert "\n" not in str(error.value)


def test_what_does_not_fit_is_refused(echo: Path, registry: Registry) -> None:
    with pytest.raises(BadData, match="are for images"):
        load_extractor("torchscript(span='unit')", registry, weights=echo).features(torch.zeros(5, 2))
    with pytest.raises(BadData, match="only grey ones"):
        load_extractor("torchscript(channels=4)", registry, weights=echo).features(torch.zeros(5, 3, 8, 8))
    with pytest.raises(BadParameter, match="side = -1"):
        load_extractor("torchscript(side=-1)", registry, weights=echo)
