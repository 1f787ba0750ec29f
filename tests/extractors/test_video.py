"""Videos as features."""

from __future__ import annotations

import pytest
import torch

from gancheck.errors import BadData
from gancheck.extractors.video import VideoFeatures


def test_motion_direction_and_content_show():
    still = torch.full((1, 12, 1, 16, 16), -1.0)
    still[:, :, :, 4:8, 4:8] = 1
    steps = torch.arange(12)
    moving = torch.stack([still[0, 0].roll(int(k), dims=-1) for k in steps])[None]
    fading = still * (steps / 11)[None, :, None, None, None]
    clips = torch.cat([still, moving, fading, fading.flip(1)])
    features = VideoFeatures().features(clips)
    assert features.shape == (4, 64 + 16 + 8)
    assert torch.cdist(features, features).add(torch.eye(4)).min() > 0.4
    assert not features[0, 64:80].any()


def test_one_frame_is_taken_and_images_are_refused():
    assert VideoFeatures().features(torch.zeros(2, 1, 3, 4, 4)).shape == (2, 3 * (64 + 16 + 1))
    with pytest.raises(BadData, match="take videos"):
        VideoFeatures().features(torch.zeros(2, 3, 4, 4))
