from __future__ import annotations

import math
from typing import Any

import pytest
from scipy.stats import binomtest

from gancheck.metrics.quality import quality, quality_ratio


def test_perfect_samples_reach_the_ceiling_of_three_sigma_in_the_plane(ring: Any):
    expected = 1 - math.exp(-4.5)
    assert float(quality(ring.view(ring.draw(7)))) == pytest.approx(expected, abs=4 * (expected / 90 / ring.n) ** 0.5)
    assert float(quality_ratio(ring.view(ring.draw(7)))) == pytest.approx(1, abs=0.01)


def test_quality_of_blurred_samples_is_that_of_the_closed_form(ring: Any):
    assert float(quality(ring.view(ring.draw(7, width=2)))) == pytest.approx(1 - math.exp(-4.5 / 4), abs=0.04)


def test_samples_far_from_every_mode_have_no_quality(ring: Any):
    assert float(quality(ring.view(ring.draw(7) * 2))) == 0
    assert float(quality_ratio(ring.view(ring.draw(7) * 2))) == 0


def test_samples_on_the_centres_are_all_good(ring: Any):
    assert float(quality(ring.view(ring.draw(7, width=0)))) == 1


def test_interval_is_scipys_wilson_interval(ring: Any):
    view = ring.view(ring.draw(7, width=2))
    expected = binomtest(int(view.modes.captured), ring.n).proportion_ci(method="wilson")
    share, ratio = quality(view), quality_ratio(view)
    assert [float(share.low), float(share.high)] == pytest.approx(list(expected), rel=1e-9)
    assert float(ratio.high) == pytest.approx(expected.high / view.modes.ceiling, rel=1e-9)
