"""torch-fidelity's networks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from gancheck.errors import BadData
from gancheck.extractors.loaded import load_extractor
from gancheck.extractors.pixels import photographs
from gancheck.extractors.weights import sha256
from gancheck.plugins.registry import Registry
from gancheck.system.torchvision_compat import torchvision_operators

IMAGES = torch.rand(3, 1, 20, 24, generator=torch.Generator().manual_seed(1)) * 2 - 1


def test_inception_from_a_file_gives_the_librarys_own_features_and_classes(
    registry: Registry, inception_network: Any, inception_weights: Path
):
    before = torch.random.get_rng_state()
    inception = load_extractor("inception", registry, weights=inception_weights)
    assert torch.equal(torch.random.get_rng_state(), before)
    features = inception.features(IMAGES)
    with torch.no_grad():
        own, logits = inception_network(photographs(IMAGES))
    assert features.shape == (3, 2048)
    assert features.dtype == torch.float32
    assert features.std() > 0.1
    torch.testing.assert_close(features, own)
    classes = inception.classes(features)
    assert classes is not None
    torch.testing.assert_close(classes, logits.softmax(1))
    assert inception.facts["layer"] == "2048"
    assert inception.facts["weights_sha256"] == sha256(inception_weights)
    assert inception.facts["library"].startswith("torch-fidelity 0.")


def test_downloaded_weights_are_found_without_a_network(
    registry: Registry, inception_weights: Path, downloads: Path, monkeypatch: pytest.MonkeyPatch
):
    (downloads / "weights-inception-2015-12-05-6726825d.pth").symlink_to(inception_weights)
    monkeypatch.setattr(torch.hub, "download_url_to_file", lambda *_, **__: pytest.fail("asked the network"))
    assert load_extractor("inception", registry).facts["weights_sha256"] == sha256(inception_weights)


class Small(nn.Module):
    """The skeleton of torchvision's VGG16: features, and a classifier of seven parts."""

    def __init__(self, **_: Any) -> None:
        super().__init__()
        self.features = nn.Conv2d(3, 4, 32, stride=32)
        dense = [nn.Linear(4 * 49, 16), nn.ReLU(), nn.Dropout(), nn.Linear(16, 12), nn.ReLU(), nn.Dropout()]
        self.classifier = nn.Sequential(*dense, nn.Linear(12, 1000))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.classifier(self.features(x).flatten(1))


def test_vgg16_gives_its_second_dense_layer_after_the_threshold(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    torchvision_operators()
    import torchvision

    monkeypatch.setattr(torchvision.models, "vgg16", Small)
    torch.save(Small().state_dict(), tmp_path / "vgg16.pth")
    vgg16 = load_extractor("vgg16", registry, weights=tmp_path / "vgg16.pth")
    features = vgg16.features(IMAGES)
    assert features.shape == (3, 12)
    assert (features >= 0).all()
    assert features.any()
    assert vgg16.classes(features) is None


def tiny_clip(path: Path) -> str:
    """A small CLIP as a TorchScript archive; its SHA-256."""
    from torch_fidelity.feature_extractor_clip import VisionTransformer

    class Clip(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.visual = VisionTransformer(32, 16, 64, 1, 1, 8)
            self.text_projection = nn.Parameter(torch.zeros(4, 8))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.visual(x) + self.text_projection.sum()

    with torch.random.fork_rng():
        torch.jit.trace(Clip().eval(), torch.zeros(1, 3, 32, 32), check_trace=False).save(str(path))
    return sha256(path)


@pytest.mark.filterwarnings("ignore::torch.jit.TracerWarning", "ignore::DeprecationWarning")
def test_clip_opens_the_published_archive_and_no_other(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    torchvision_operators()
    from torch_fidelity.feature_extractor_clip import MODEL_METADATA

    path = tmp_path / "clip.pt"
    digest = tiny_clip(path)
    with pytest.raises(BadData, match="not the published file of clip-vit-b-32"):
        load_extractor("clip-vit-b-32", registry, weights=path)
    monkeypatch.setitem(MODEL_METADATA["clip-vit-b-32"], "hash", digest)
    clip = load_extractor("clip-vit-b-32", registry, weights=path)
    features = clip.features(IMAGES)
    assert features.shape == (3, 8)
    assert features.isfinite().all()
    assert clip.facts["weights_sha256"] == digest


def test_dinov2_cannot_come_from_a_file(registry: Registry, inception_weights: Path):
    with pytest.raises(BadData, match="cannot read dinov2-vit-s-14 from a file"):
        load_extractor("dinov2-vit-s-14", registry, weights=inception_weights)


def test_points_are_refused(registry: Registry, inception_weights: Path):
    with pytest.raises(BadData, match="1 or 3 channels"):
        load_extractor("inception", registry, weights=inception_weights).features(torch.zeros(4, 2))
