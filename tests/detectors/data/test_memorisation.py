from __future__ import annotations

import math

import pytest

from gancheck.detectors.data.memorisation import Memorisation
from gancheck.errors import BadParameter
from tests.detectors.series import alarms, survives


def test_copies_that_stay_raise_within_three_checks() -> None:
    found = alarms(Memorisation(), {"copies": [0.4] * 20 + [90.0] * 5})
    assert [a.step for a in found] == [23]


def test_healthy_checks_and_a_single_bad_one_are_silent() -> None:
    assert not alarms(Memorisation(), {"copies": [0.4] * 20 + [90.0] + [0.4] * 20})


def test_nan_is_passed_over() -> None:
    assert not alarms(Memorisation(), {"copies": [math.nan, math.inf, 0.4] * 20})


def test_its_memory_survives_a_checkpoint() -> None:
    assert survives(Memorisation(), Memorisation(), {"copies": [0.4] * 9 + [90.0] * 9}, 10)


def test_a_limit_of_zero_is_refused() -> None:
    with pytest.raises(BadParameter, match="limit must be above 0"):
        Memorisation(limit=0.0)
