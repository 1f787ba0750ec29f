"""Real data against real data, told at sizes that the reference does not have."""

from __future__ import annotations

from statistics import fmean, stdev

import pytest
import torch
from torch import Tensor

from gancheck.evaluation.floor import Levels, RealSplits, divide, extrapolate, extrapolate_levels, size
from gancheck.evaluation.panel import select_metrics
from gancheck.evaluation.real_data.base import SampleSet
from gancheck.evaluation.sides import Side
from gancheck.evaluation.view import View
from gancheck.plugins.registry import Registry


def normal(n: int, d: int, seed: int) -> Tensor:
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed))


def side(x: Tensor) -> Side:
    return Side(SampleSet(x, x[:0]))


def halves(n: int, d: int, seed: int) -> RealSplits:
    x = normal(n, d, seed)
    return RealSplits(side(x[: n // 2]), side(x[n // 2 :]), None, 0.5)


@pytest.mark.parametrize(
    ("total", "n", "m", "parts"),
    [
        (4_000, 4_000, 4_000, (2_000, 2_000)),
        (4_000, 1_000, 4_000, (800, 3_200)),
        (3_000, 6_000, 3_000, (2_000, 1_000)),
        (1_000, 50_000, 1_000, (667, 333)),
        (20_000, 5_000, 5_000, (5_000, 5_000)),
        (100, 1, 100, (1, 99)),
        (4_000, 500, None, (500, None)),
        (300, 500, None, (300, None)),
    ],
)
def test_a_reference_is_divided_in_the_proportion_of_samples_to_reference(
    total: int, n: int, m: int | None, parts: tuple[int, int | None]
) -> None:
    assert divide(total, n, m) == parts


def test_errors_that_fall_with_the_size_are_told_exactly() -> None:
    levels = Levels(*(2 + 3 * x for x in (1, 2, 4)), 0.0)
    assert extrapolate_levels(levels, 0.5)[0] == pytest.approx(2 + 3 * 0.5)
    bent = Levels(*(2 + 3 * x - 0.2 * x * x for x in (1, 2, 4)), 0.0)
    assert extrapolate_levels(bent, 0.5)[0] == pytest.approx(2 + 3 * 0.5 - 0.2 * 0.25)


def test_a_bend_within_noise_is_left_out() -> None:
    noisy = Levels(*(2 + 3 * x - 0.01 * x * x for x in (1, 2, 4)), 1.0)
    assert extrapolate_levels(noisy, 0.5)[0] == pytest.approx(4.99 + 0.5 * (4.99 - 7.96))


def test_the_size_of_a_pair_is_what_its_errors_fall_with() -> None:
    assert size(4_000, 4_000) == 4_000
    assert size(1_000, 3_000) == pytest.approx(2 / (1 / 1_000 + 1 / 3_000))
    assert size(700, None) == 700


def test_the_frechet_distance_of_real_data_is_told_at_full_size(registry: Registry) -> None:
    fid = select_metrics(registry, ("fid",))["fid"]
    told = [extrapolate(halves(1_000, 32, seed), fid) for seed in range(4)]
    drawn = [fid(View(normal(1_000, 32, 90 + seed), normal(1_000, 32, 190 + seed))) or 0 for seed in range(4)]
    half = fid(halves(1_000, 32, 0).split(0).whole)
    assert fmean(found or 0 for found in told) == pytest.approx(fmean(drawn), rel=0.06)
    assert half == pytest.approx(2 * fmean(drawn), rel=0.2)


@pytest.mark.parametrize("name", ["precision", "recall", "coverage"])
def test_shares_of_real_data_are_told_within_their_noise(registry: Registry, name: str) -> None:
    metric = select_metrics(registry, (name,))[name]
    told = [extrapolate(halves(800, 4, seed), metric) or 0 for seed in range(6)]
    drawn = [metric(View(normal(800, 4, 90 + seed), normal(800, 4, 190 + seed))) or 0 for seed in range(6)]
    assert fmean(told) == pytest.approx(fmean(drawn), abs=3 * max(stdev(told), stdev(drawn)) / 6**0.5)


def test_what_lies_outside_the_range_is_brought_to_its_end(registry: Registry) -> None:
    coverage = select_metrics(registry, ("coverage",))["coverage"]
    assert all(0 <= (extrapolate(halves(60, 2, seed), coverage) or 0) <= 1 for seed in range(4))


def test_too_small_quarters_leave_the_pair_as_it_is(registry: Registry) -> None:
    assert extrapolate(halves(24, 2, 0), select_metrics(registry, ("coverage",))["coverage"]) is None
