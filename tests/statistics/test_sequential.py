from __future__ import annotations

import math
import random
import statistics

import pytest
from scipy.stats import kendalltau, theilslopes

from gancheck.statistics.sequential import BlockMeans, Window, kendall, standard_error, theil_slope


def walk(n: int, seed: int, slope: float = 0.1) -> list[float]:
    draw = random.Random(seed)
    return [slope * i + draw.gauss(0, 1) for i in range(n)]


@pytest.mark.parametrize("n", [8, 20, 50])
def test_kendall_agrees_with_scipy(n: int) -> None:
    for seed in range(5):
        values = walk(n, seed)
        tau, p = kendall(values)
        theirs = kendalltau(range(n), values)
        assert tau == pytest.approx(theirs.statistic)
        assert p == pytest.approx(theirs.pvalue, abs=0.02, rel=0.2)


def test_kendall_corrects_for_ties() -> None:
    values = [float(int(v)) for v in walk(40, 3)]
    theirs = kendalltau(range(40), values, method="asymptotic")
    assert kendall(values)[0] == pytest.approx(theirs.statistic)
    assert kendall(values)[1] == pytest.approx(theirs.pvalue, rel=0.2)


def test_a_trend_needs_four_numbers_that_differ_and_are_finite() -> None:
    assert kendall([1.0, 2.0, 3.0]) == (0.0, 1.0)
    assert kendall([2.0] * 30) == (0.0, 1.0)
    assert kendall([math.nan, *range(9), math.inf]) == kendall(list(range(9)))


def test_kendall_keeps_its_level_on_noise() -> None:
    assert sum(kendall(walk(20, seed, 0.0))[1] < 0.05 for seed in range(400)) <= 36


def test_theil_slope_agrees_with_scipy() -> None:
    values = walk(30, 1)
    theirs = theilslopes(values)
    assert theil_slope(values) == pytest.approx((theirs.slope, theirs.low_slope, theirs.high_slope))


def test_theil_slope_keeps_places_of_what_is_missing() -> None:
    assert theil_slope([0.0, math.nan, 2.0, math.inf, 4.0])[0] == pytest.approx(1.0)
    assert theil_slope([math.nan, 1.0]) == (0.0, -math.inf, math.inf)


def test_block_means_leave_out_what_is_not_finite_or_overflows() -> None:
    blocks = BlockMeans(2)
    assert [blocks.add(v) for v in (1.0, math.nan, 3.0, math.inf, 5.0)] == [None, None, 2.0, None, None]
    assert blocks.add(7.0) == 6.0
    assert [blocks.add(1e308), blocks.add(1e308), blocks.add(1.0), blocks.add(1.0)] == [None, None, None, 1.0]


def test_a_window_keeps_the_last_numbers_that_are_finite() -> None:
    window = Window(5)
    for value in (9.0, 1.0, 2.0, 3.0, math.nan, 4.0, 1000.0):
        window.add(value)
    assert window.values == [1.0, 2.0, 3.0, 4.0, 1000.0]
    assert window.is_full


def test_the_standard_error_of_a_mean_is_that_of_the_standard_library() -> None:
    source = random.Random(0)
    values = [source.gauss(3, 2) for _ in range(20)]
    assert standard_error(values) == pytest.approx(statistics.stdev(values) / math.sqrt(20), rel=1e-13)
