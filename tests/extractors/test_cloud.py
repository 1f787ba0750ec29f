"""Point clouds as features."""

from __future__ import annotations

import pytest
import torch

from gancheck.errors import BadData
from gancheck.extractors.cloud import CloudFeatures, directions

SOURCE = torch.Generator().manual_seed(0)


def test_the_order_of_points_does_not_matter():
    x = torch.randn(4, 200, 3, generator=SOURCE)
    mixed = x[:, torch.randperm(200, generator=SOURCE)]
    torch.testing.assert_close(CloudFeatures().features(x), CloudFeatures().features(mixed))


def test_place_size_and_shape_show():
    ball = torch.randn(1, 500, 3, generator=SOURCE)
    sphere = ball / ball.norm(dim=2, keepdim=True)
    others = torch.cat([ball, ball + 1, 2 * ball, ball * torch.tensor([1.0, 1.0, 0.1]), sphere])
    features = CloudFeatures().features(others)
    assert features.shape == (5, 17 * 8)
    assert torch.cdist(features, features).add(torch.eye(5)).min() > 0.9


def test_ends_are_the_extremes_along_the_axes():
    x = torch.randn(2, 50, 2, generator=SOURCE)
    features = CloudFeatures().features(x).reshape(2, 8, 17)
    torch.testing.assert_close(features[:, 0, :2], x.amin(1))
    torch.testing.assert_close(features[:, -1, :2], x.amax(1))
    torch.testing.assert_close(directions(5).norm(dim=1), torch.ones(16, dtype=torch.float64))


def test_points_are_refused():
    with pytest.raises(BadData, match="take point clouds"):
        CloudFeatures().features(torch.zeros(3, 2))
