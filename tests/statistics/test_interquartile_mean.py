"""The interquartile mean beside scipy's trimmed mean."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from gancheck.statistics.interquartile_mean import interquartile_mean


@pytest.mark.parametrize("n", [1, 2, 4, 7, 20, 41])
def test_it_is_scipys_trimmed_mean_of_a_quarter(n: int) -> None:
    values = np.random.default_rng(n).normal(size=n)
    assert interquartile_mean(values) == pytest.approx(stats.trim_mean(values, 0.25))


def test_it_does_not_see_one_run_in_five_that_collapses() -> None:
    well, collapsed = np.full(20, 0.9), np.where(np.arange(20) % 5 == 0, 0.0, 0.9)
    assert interquartile_mean(collapsed) == interquartile_mean(well) == pytest.approx(0.9)


def test_rows_are_taken_one_by_one() -> None:
    table = np.random.default_rng(0).normal(size=(3, 8))
    assert interquartile_mean(table).tolist() == [float(interquartile_mean(row)) for row in table]
