from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from scipy.stats import betabinom
from sklearn.neighbors import NearestNeighbors

from gancheck.errors import BadData
from gancheck.evaluation.view import View
from gancheck.metrics.clipped import clipped_coverage, clipped_density, expected_fill, inverse
from gancheck.statistics.estimate import Estimate

BOTH = [clipped_density, clipped_coverage]
Measure = Callable[[View], Estimate]


def points(n: int, d: int, seed: int, width: float = 1.0) -> torch.Tensor:
    return width * torch.randn(n, d, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def average(measure: Measure, draws: list[View]) -> float:
    return float(np.mean([float(measure(view)) for view in draws]))


def damaged(share: float, d: int) -> list[View]:
    """Draws of which a share lies far off the data."""
    draws = [View(points(300, d, 2 * i), points(300, d, 2 * i + 1)) for i in range(12)]
    for view in draws:
        view.fake[: int(share * 300)] += 100
    return draws


@pytest.mark.parametrize("d", [2, 30])
def test_density_is_that_of_neighbours_found_by_scikit_learn(d: int):
    fake, real = points(200, d, 0, 0.9), points(150, d, 1)
    distance, index = NearestNeighbors(n_neighbors=5).fit(real.numpy()).kneighbors()
    cap = np.minimum(distance[:, -1], np.median(distance[:, -1]))
    own = np.bincount(index[distance <= cap[:, None]], minlength=150)
    across = (torch.cdist(fake, real).numpy() <= cap).sum(1)
    ratio = np.minimum(across / 5, 1).mean() / np.minimum(own / 5, 1).mean()
    assert float(clipped_density(View(fake, real))) == pytest.approx(min(ratio, 1), rel=1e-9)


@pytest.mark.parametrize(("n", "m"), [(50, 50), (20, 300), (300, 20)])
def test_expected_coverage_of_good_samples_is_beta_binomial(n: int, m: int):
    k = 5
    number = np.arange(n + 1)
    oracle = [(np.minimum(number, k) * betabinom(good, k, m - k).pmf(number)).sum() / k for good in range(n + 1)]
    np.testing.assert_allclose(expected_fill(n, m, k).numpy(), oracle, rtol=1e-9, atol=1e-12)


def test_the_calibration_is_undone_exactly_and_ends_at_its_ends():
    curve = expected_fill(40, 60, 5)
    shares = torch.tensor([inverse(curve, x) for x in curve], dtype=torch.float64)
    torch.testing.assert_close(shares, torch.linspace(0, 1, 41, dtype=torch.float64))
    assert inverse(curve, curve[-1] + 0.1) == 1
    assert inverse(curve, curve[0]) == 0


@pytest.mark.parametrize("measure", BOTH)
@pytest.mark.parametrize("d", [2, 30])
@pytest.mark.parametrize("share", [0.0, 0.25, 0.5, 0.75, 1.0])
def test_the_score_is_the_share_of_good_samples(measure: Measure, d: int, share: float):
    assert average(measure, damaged(share, d)) == pytest.approx(1 - share, abs=0.05)


def test_samples_of_one_real_point_are_dense_and_cover_nothing():
    real = points(300, 2, 0)
    middle = real[real.norm(dim=1).argmin()]
    view = View(middle.repeat(200, 1), real)
    assert float(clipped_density(view)) == 1
    assert float(clipped_coverage(view)) < 0.1


def test_a_real_outlier_lends_no_density():
    real = torch.cat([points(300, 2, 0, 0.01), torch.full((1, 2), 9.0)])
    view = View(points(200, 2, 1, 0.01) + 5, real)
    assert float(clipped_density(view)) == 0


@pytest.mark.parametrize("measure", BOTH)
@pytest.mark.parametrize("d", [2, 30])
def test_data_that_repeats_itself_is_matched_by_its_copy(measure: Measure, d: int):
    real = points(30, d, 0).repeat(8, 1)
    assert float(measure(View(real, real.clone()))) == 1


def test_half_of_the_data_missing_halves_coverage_and_leaves_density():
    far = torch.tensor([50.0, 0.0])
    real = torch.cat([points(300, 2, 0), points(300, 2, 1) + far])
    view = View(points(600, 2, 2), real)
    assert float(clipped_coverage(view)) < 0.52
    assert float(clipped_density(view)) > 0.9


def test_more_real_than_generated_samples_do_not_lower_coverage():
    draws = [View(points(100, 3, 2 * i), points(1000, 3, 2 * i + 1)) for i in range(12)]
    assert average(clipped_coverage, draws) == pytest.approx(1, abs=0.06)


@pytest.mark.parametrize("measure", BOTH)
def test_the_interval_holds_the_value_inside_the_range(measure: Measure):
    made = measure(damaged(0.4, 2)[0])
    assert 0 <= made.low < made.value < made.high <= 1


@pytest.mark.parametrize("measure", BOTH)
def test_too_few_samples_and_a_reference_of_one_point_are_refused(measure: Measure):
    with pytest.raises(BadData, match="5 neighbours need at least 6 samples"):
        measure(View(points(5, 2, 0), points(9, 2, 1)))
    with pytest.raises(BadData, match="all reference samples are the same"):
        measure(View(points(9, 2, 0), torch.ones(9, 2)))
