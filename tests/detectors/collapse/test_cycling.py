from __future__ import annotations

import math

import pytest

from gancheck.detectors.collapse.cycling import Cycling
from gancheck.errors import BadParameter
from tests.detectors.series import Series, alarms, noise, survives


def series(gaps: list[float], drifts: list[float], seed: int = 0) -> Series:
    n = len(gaps)
    return {
        "mode_gap": [g + e for g, e in zip(gaps, noise(seed, n, 0.04, 0), strict=True)],
        "mode_drift": [d + e for d, e in zip(drifts, noise(seed + 100, n, 0.05, 0), strict=True)],
    }


def test_modes_that_come_and_go_raise_within_a_window() -> None:
    for seed in range(5):
        found = alarms(Cycling(), series([0.0] * 15 + [0.5] * 30, [0.0] * 15 + [0.0, 0.0, 0.8] * 10, seed))
        assert found
        assert 15 < found[0].step <= 30


def test_healthy_draws_are_silent() -> None:
    assert not any(alarms(Cycling(), series([0.0] * 300, [0.0] * 300, seed)) for seed in range(5))


def test_modes_that_stay_away_are_another_fault() -> None:
    assert not alarms(Cycling(), series([0.0] * 15 + [0.5] * 40, [0.0] * 15 + [0.5] + [0.0] * 39))


def test_right_shares_are_no_cycle_whatever_moves() -> None:
    assert not alarms(Cycling(), series([0.1] * 60, [0.3] * 60))


def test_a_generator_that_learns_moves_too() -> None:
    assert not alarms(Cycling(), series([0.9 * 0.93**t for t in range(60)], [0.3 * 0.93**t for t in range(60)]))


def test_missing_signals_and_nan_are_passed_over() -> None:
    assert not alarms(Cycling(), {"mode_gap": [math.nan, 0.5] * 20, "mode_drift": [0.5, math.nan] * 20})


def test_its_memory_survives_a_checkpoint() -> None:
    assert survives(Cycling(), Cycling(), series([0.5] * 40, [0.4] * 40), 20)


def test_a_window_of_three_checks_is_refused() -> None:
    with pytest.raises(BadParameter, match="at least 4"):
        Cycling(checks=3)
