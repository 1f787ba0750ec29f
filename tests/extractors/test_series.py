"""Time series as features."""

from __future__ import annotations

import math

import pytest
import torch

from gancheck.errors import BadData
from gancheck.extractors.series import SeriesFeatures, amplitudes

SOURCE = torch.Generator().manual_seed(0)


def noise(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=SOURCE, dtype=torch.float64)


def test_small_series_are_compared_as_they_are():
    x = noise(3, 8, 4)
    assert torch.equal(SeriesFeatures().features(x), x.flatten(1))


def test_features_are_in_the_units_of_the_data():
    x = noise(5, 100, 3)
    one, many = SeriesFeatures().features(x), SeriesFeatures().features(1_000 * x)
    assert one.shape == (5, 3 * 16 + 3)
    torch.testing.assert_close(many, 1_000 * one)


def test_bands_hold_the_whole_variance_once():
    for steps in (64, 65):
        z = noise(4, 2, steps)
        total = torch.stack(amplitudes(z)).square().sum(0)
        torch.testing.assert_close(total, z.var(2, correction=0))


def test_frequency_order_and_dependence_of_channels_show():
    t = torch.arange(128.0)
    slow, fast = torch.sin(2 * math.pi * t / 64), torch.sin(2 * math.pi * t / 4)
    x = torch.stack([torch.stack(pair, 1) for pair in ((slow, slow), (slow, -slow), (fast, fast))])
    features = SeriesFeatures().features(torch.cat([x, x[:1].roll(16, dims=1)]))
    assert torch.cdist(features, features).add(torch.eye(4)).min() > 0.5


def test_single_steps_and_many_channels_are_taken():
    assert SeriesFeatures().features(noise(2, 1, 40)).isfinite().all()
    assert SeriesFeatures().features(noise(2, 3, 40)).isfinite().all()


def test_points_are_refused():
    with pytest.raises(BadData, match="take series"):
        SeriesFeatures().features(noise(3, 2))
