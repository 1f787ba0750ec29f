"""Modes found in real samples: real data must look real in them."""

from __future__ import annotations

import pytest
import torch

from gancheck.datasets.base import HIGH_QUALITY_MASS
from gancheck.errors import BadData
from gancheck.evaluation.real_data.partition import Partition, fit_partition, principal_axes
from gancheck.evaluation.view import View
from gancheck.metrics.spread import mode_spread
from gancheck.numerics.seeding import generator
from gancheck.plugins.registry import Registry


def part(x: torch.Tensor, label: torch.Tensor, other: torch.Tensor) -> Partition:
    origin, axes = principal_axes(x)
    names = tuple(str(k) for k in range(int(label.max()) + 1))
    return fit_partition(x, axes, origin, label, names).calibrate(other)


@pytest.fixture(scope="module")
def ring():
    return Registry.load().build("dataset", "ring8")


def draws(data, *seeds):
    return [data.draw(4_000, generator("cpu", "test", seed)) for seed in seeds]


def test_fresh_real_data_has_the_quality_shares_and_spread_of_real_data(ring):
    fit, calibration, fresh = draws(ring, 1, 2, 3)
    modes = part(fit.x, fit.y, calibration.x).modes(fresh.x)
    assert float(modes.good.double().mean()) == pytest.approx(HIGH_QUALITY_MASS, abs=0.01)
    assert modes.shares.numpy() == pytest.approx(modes.weights.numpy(), abs=0.03)
    assert float(mode_spread(View(fresh.x, modes=modes))) == pytest.approx(1, abs=0.1)


def test_stretching_the_axes_changes_nothing(ring):
    fit, calibration, fresh = (batch for batch in draws(ring, 1, 2, 3))
    warp = torch.tensor([[100.0, 3.0], [0.0, 0.01]])
    plain = part(fit.x, fit.y, calibration.x).modes(fresh.x)
    warped = part(fit.x @ warp, fit.y, calibration.x @ warp).modes(fresh.x @ warp)
    assert float((plain.assignment.label == warped.assignment.label).double().mean()) > 0.999


def test_a_label_with_hardly_any_sample_is_left_out(ring):
    fit, calibration = draws(ring, 1, 2)
    keep = (calibration.y != 3) | (torch.arange(4_000) < 20)
    label = fit.y.clone()
    partition = part(fit.x[fit.y != 3], label[fit.y != 3], calibration.x[keep & (calibration.y != 3)])
    assert "3" not in partition.names
    assert len(partition.names) == 7


def test_one_point_over_and_over_is_refused():
    with pytest.raises(BadData, match="the same"):
        principal_axes(torch.ones(100, 3))


def test_more_features_than_samples(ring):
    g = torch.Generator().manual_seed(0)
    centres = 5 * torch.randn(4, 300, generator=g)
    label = torch.randint(4, (600,), generator=g)
    x = centres[label] + torch.randn(600, 300, generator=g)
    partition = part(x[:200], label[:200], x[200:400])
    modes = partition.modes(x[400:])
    assert modes.assignment.label.equal(label[400:])
    assert float(modes.good.double().mean()) > 0.9
