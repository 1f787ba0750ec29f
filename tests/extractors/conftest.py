"""Networks of the right shape with random weights, for no real weights are at hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from gancheck.system.torchvision_compat import torchvision_operators


@pytest.fixture(scope="session")
def inception_network() -> Any:
    """torch-fidelity's Inception, both layers that gancheck uses, filled at random but with signals of a sane size."""
    torchvision_operators()
    from torch_fidelity import feature_extractor_inceptionv3 as library

    with pytest.MonkeyPatch.context() as patch, torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        patch.setattr(library, "load_state_dict_from_url", lambda *_, **__: {})
        patch.setattr(library.FeatureExtractorInceptionV3, "load_state_dict", lambda *_: None)
        network = library.FeatureExtractorInceptionV3("inception-v3-compat", ["2048", "logits_unbiased"])
        for part in network.modules():
            if isinstance(part, nn.Conv2d):
                nn.init.kaiming_normal_(part.weight, nonlinearity="relu")
    return network


@pytest.fixture(scope="session")
def inception_weights(inception_network: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its weights as a file."""
    path: Path = tmp_path_factory.mktemp("weights") / "inception.pth"
    torch.save(inception_network.state_dict(), path)
    return path


@pytest.fixture
def downloads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of downloaded weights."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    folder = tmp_path / "torch" / "hub" / "checkpoints"
    folder.mkdir(parents=True)
    return folder
