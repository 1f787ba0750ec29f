"""How different a network finds two images; the network's weights are random here."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor

from gancheck.errors import BadData
from gancheck.evaluation.view import View
from gancheck.extractors.pixels import photographs
from gancheck.metrics.lpips import lpips, similarity
from gancheck.numerics.seeding import disjoint_pairs
from gancheck.system.torchvision_compat import torchvision_operators

FILES = ("weights-vgg16-lpips.pth", "vgg16-397923af.pth")
CHANNELS = (64, 128, 256, 512, 512)


@pytest.fixture
def downloads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of downloads, and a network that nobody may ask."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr(torch.hub, "download_url_to_file", lambda *_, **__: pytest.fail("asked the network"))
    folder = tmp_path / "hub" / "checkpoints"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def network(downloads: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """torch-fidelity's LPIPS as the metric finds it: VGG16's convolutions at random, the published files in place."""
    torchvision_operators()
    import torch_fidelity.sample_similarity_lpips as library
    from torchvision.models.vgg import cfgs, make_layers

    source = torch.Generator().manual_seed(0)
    state = {f"lin{k}.model.1.weight": torch.rand(1, c, 1, 1, generator=source) / c for k, c in enumerate(CHANNELS)}
    torch.save(state, downloads / FILES[0])
    torch.save({"stand-in": torch.zeros(1)}, downloads / FILES[1])
    made = SimpleNamespace(features=make_layers(cfgs["D"]))
    monkeypatch.setattr(library, "torchvision_load_pretrained_vgg16", lambda **_: made)
    return similarity(downloads, torch.device("cpu"))


def images(n: int) -> Tensor:
    return torch.rand(n, 1, 8, 8, generator=torch.Generator().manual_seed(1)) * 2 - 1


def measured(x: Tensor) -> float:
    return float(lpips(View(x.flatten(1), images=x)))


def test_it_is_the_mean_of_the_librarys_distances_over_fixed_pairs(network: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("gancheck.metrics.lpips.BATCH", 2)
    x = images(10)
    first, second = disjoint_pairs(10, 5, "lpips", torch.device("cpu")).T
    expected = network(photographs(x[first]), photographs(x[second])).mean()
    assert float(expected) > 1e-6
    assert measured(x) == pytest.approx(float(expected), rel=1e-4)
    assert measured(x) == measured(x)


def test_one_repeated_image_scores_zero(network: Any):
    assert measured(images(1).repeat(10, 1, 1, 1)) == 0


@pytest.mark.parametrize("present", [(), FILES[:1], FILES[1:]])
def test_without_its_weights_it_is_not_defined_and_no_network_is_asked(present: tuple[str, ...], downloads: Path):
    for file in present:
        torch.save({"stand-in": torch.zeros(1)}, downloads / file)
    with pytest.raises(BadData, match=r"lpips needs https://.*\.pth in "):
        measured(images(4))


def test_wrong_weights_leave_it_undefined(downloads: Path):
    for file in FILES:
        torch.save({"stand-in": torch.zeros(1)}, downloads / file)
    with pytest.raises(BadData, match="not the published ones"):
        measured(images(4))


def test_points_are_refused():
    with pytest.raises(BadData, match="no images"):
        lpips(View(torch.zeros(4, 2)))
