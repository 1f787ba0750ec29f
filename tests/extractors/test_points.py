"""Samples as features."""

from __future__ import annotations

import torch

from gancheck.extractors.points import Points


def test_images_are_flattened_pixel_by_pixel_and_points_keep_their_precision():
    images = torch.arange(24.0).reshape(2, 3, 2, 2)
    assert torch.equal(Points().features(images)[1], torch.arange(12.0, 24.0))
    points = torch.tensor([[1e9 + 1e-3, 2.0]], dtype=torch.float64)
    assert torch.equal(Points().features(points), points)
    assert Points().classes(points) is None
