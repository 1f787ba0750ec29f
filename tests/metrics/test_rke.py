from __future__ import annotations

from typing import Any

import pytest
import torch

from gancheck.evaluation.view import View
from gancheck.metrics.rke import rke
from gancheck.numerics.features import FeatureSet


def test_copies_of_one_sample_are_one_kind_and_strangers_all_differ():
    reference = torch.randn(200, 3, generator=torch.Generator().manual_seed(0))
    assert float(rke(View(torch.ones(50, 3), reference))) == 1
    assert float(rke(View(torch.eye(3) * 1e6, reference))) == pytest.approx(3)


def test_tight_modes_far_apart_are_one_kind_each_by_their_shares():
    reference = torch.randn(200, 3, generator=torch.Generator().manual_seed(0))
    even, uneven = torch.eye(3).repeat(20, 1) * 1e6, torch.eye(3)[[0, 0, 0, 1]].repeat(20, 1) * 1e6
    assert float(rke(View(even, reference))) == pytest.approx(3)
    assert float(rke(View(uneven, reference))) == pytest.approx(1 / (0.75**2 + 0.25**2))


def test_half_the_modes_are_half_the_kinds(ring: Any):
    half = torch.tensor([1.0, 0.0] * 4)
    all_modes, some = (rke(ring.view(x).head(1000)) for x in (ring.draw(5), ring.draw(6, half)))
    assert 0.4 < float(some) / float(all_modes) < 0.6
    assert some.high < all_modes.low


def test_knows_no_units(ring: Any):
    x, y = ring.draw(5)[:200], ring.reference[:300]
    assert float(rke(View(x * 1e5 + 3, y * 1e5 + 3))) == pytest.approx(float(rke(View(x, y))), rel=1e-6)


def test_interval_holds_the_value_of_many_samples(ring: Any):
    own, n = 1 / float(rke(ring.view(ring.draw(11)))), 500
    endless = (own - 1 / ring.n) / (1 - 1 / ring.n)  # without each sample beside itself
    truth = 1 / (endless + (1 - endless) / n)
    reference = FeatureSet(ring.reference)  # its scale is found once
    found = [rke(View(ring.draw(12 + i)[:n], reference)) for i in range(40)]
    assert sum(bool(e.low <= truth <= e.high) for e in found) >= 34
