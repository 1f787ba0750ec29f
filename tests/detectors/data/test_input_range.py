from __future__ import annotations

import math

import pytest

from gancheck.detectors.data.input_range import InputRange
from gancheck.errors import BadParameter
from tests.detectors.series import alarms


@pytest.mark.parametrize(("mean", "deviation", "size"), [(120, 70, 255), (0.5, 2e4, 1e5), (1e-4, 1e-3, 0.004)])
def test_inputs_out_of_range_are_a_notice(mean: float, deviation: float, size: float) -> None:
    series = {"input_mean": [mean] * 5, "input_deviation": [deviation] * 5, "input_size": [size] * 5}
    assert [(a.step, a.severity) for a in alarms(InputRange(), series)] == [(3, "notice")]


@pytest.mark.parametrize(
    ("mean", "deviation", "size"), [(0, 1, 4), (0.5, 0.3, 1), (0, 0.5, 1), (1e-4, 0.01, 1), (2, 3, 40)]
)
def test_inputs_that_are_standardised_or_sparse_are_silent(mean: float, deviation: float, size: float) -> None:
    series = {"input_mean": [mean] * 20, "input_deviation": [deviation] * 20, "input_size": [size] * 20}
    assert not alarms(InputRange(), series)


def test_nan_is_another_detectors_affair() -> None:
    assert not alarms(InputRange(), {"input_mean": [math.nan] * 5, "input_deviation": [math.inf] * 5})


def test_a_limit_of_one_is_refused() -> None:
    with pytest.raises(BadParameter, match="above 1"):
        InputRange(limit=1.0)
