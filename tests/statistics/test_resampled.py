"""The corrected interval: its formula, and that it holds the mean as often as it says where folds overlap."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from gancheck.statistics.resampled import corrected_resampled_t


def test_interval_is_that_of_the_paper() -> None:
    errors = [0.2, 0.25, 0.3, 0.22, 0.28]
    found = corrected_resampled_t(errors, 1 / 4)
    variance = np.var(errors, ddof=1) * (1 / 5 + 1 / 4)
    low, high = stats.t.interval(0.95, 4, loc=np.mean(errors), scale=math.sqrt(variance))
    assert found == pytest.approx((np.mean(errors), low, high))


def test_correction_makes_it_wider_than_the_ordinary_one() -> None:
    errors = [0.2, 0.25, 0.3]
    plain, corrected = corrected_resampled_t(errors, 0.0), corrected_resampled_t(errors, 0.5)
    assert plain.low is not None
    assert corrected.low is not None
    assert corrected.low < plain.low
    assert plain.mean == corrected.mean


@pytest.mark.parametrize("errors", [[0.5], [0.5, math.nan], [0.5, math.inf]])
def test_no_bounds_where_nothing_is_known_of_the_scatter(errors: list[float]) -> None:
    assert corrected_resampled_t(errors, 0.25)[1:] == (None, None)
