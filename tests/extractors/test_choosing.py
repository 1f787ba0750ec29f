"""Extractors by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from gancheck.errors import BadParameter, UnknownName
from gancheck.extractors.choosing import NAMES, extractor


@pytest.mark.parametrize("name", ["points", "judge"])
def test_what_ships_is_there_at_once_and_takes_no_weights(name: str):
    assert extractor(name).name == name
    with pytest.raises(BadParameter, match="take no weights"):
        extractor(name, weights=Path("some.pth"))


@pytest.mark.parametrize(("wrong", "meant"), [("inception-v3-compat", "inception"), ("clip-vit-b32", "clip-vit-b-32")])
def test_a_near_miss_is_told_the_name(wrong: str, meant: str):
    with pytest.raises(UnknownName, match=f"Did you mean '{meant}'"):
        extractor(wrong)


def test_every_network_of_the_library_is_offered_under_a_short_name():
    from gancheck.compat import torchvision_operators

    torchvision_operators()
    from torch_fidelity.feature_extractor_clip import MODEL_METADATA as CLIP
    from torch_fidelity.feature_extractor_dinov2 import MODEL_METADATA as DINOV2

    assert set(NAMES) == {"points", "judge", "inception", "vgg16", *CLIP, *DINOV2}
