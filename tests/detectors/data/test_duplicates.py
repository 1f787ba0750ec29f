from __future__ import annotations

import math

import pytest

from gancheck.detectors.data.duplicates import Duplicates
from gancheck.errors import BadParameter
from tests.detectors.series import alarms, survives


def test_repeats_that_stay_raise_within_three_checks() -> None:
    found = alarms(Duplicates(), {"repeats": [0.0] * 20 + [0.9] * 5})
    assert [a.step for a in found] == [23]


def test_healthy_checks_and_a_single_bad_one_are_silent() -> None:
    assert not alarms(Duplicates(), {"repeats": [0.0] * 20 + [0.9] + [0.0] * 20})


def test_nan_is_passed_over() -> None:
    assert not alarms(Duplicates(), {"repeats": [math.nan, math.inf, 0.0] * 20})


def test_its_memory_survives_a_checkpoint() -> None:
    assert survives(Duplicates(), Duplicates(), {"repeats": [0.0] * 9 + [0.9] * 9}, 10)


def test_a_limit_of_zero_is_refused() -> None:
    with pytest.raises(BadParameter, match="limit must be between 0 and 1"):
        Duplicates(limit=0.0)
