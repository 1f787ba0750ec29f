from __future__ import annotations

import math

import pytest

from gancheck.detectors.collapse.intra_mode_collapse import IntraModeCollapse
from gancheck.errors import BadParameter
from tests.detectors.series import Series, alarms, noise, survives


def series(ratios: list[float], gaps: list[float] | None = None, seed: int = 0) -> Series:
    n = len(ratios)
    near = [r * (1 + e) for r, e in zip(ratios, noise(seed, n, 0.08, 0), strict=True)]
    return {"near_distance": near, "mode_gap": list(gaps or noise(seed + 100, n, 0.04, 0))}


def test_modes_that_shrink_raise_within_seven_checks() -> None:
    for seed in range(5):
        found = alarms(IntraModeCollapse(), series([1.0] * 20 + [0.4] * 20, seed=seed))
        assert len(found) == 1
        assert 20 < found[0].step <= 27


def test_healthy_draws_are_silent() -> None:
    assert not any(alarms(IntraModeCollapse(), series([1.0] * 300, seed=seed)) for seed in range(5))


def test_missing_modes_that_crowd_the_others_are_another_fault() -> None:
    assert not alarms(IntraModeCollapse(), series([1.0] * 20 + [0.65] * 30, [0.0] * 20 + [0.5] * 30))


def test_modes_that_still_widen_are_no_collapse_and_ones_that_stay_narrow_are() -> None:
    assert not alarms(IntraModeCollapse(), series([min(1.0, 0.1 + t / 60) for t in range(120)]))
    assert [a.step for a in alarms(IntraModeCollapse(), series([0.4] * 60))] == [41]


def test_missing_signals_and_nan_are_passed_over() -> None:
    assert not alarms(IntraModeCollapse(), {"near_distance": [math.nan, 0.1] * 20, "mode_gap": [0.0, math.inf] * 20})


def test_its_memory_survives_a_checkpoint() -> None:
    assert survives(IntraModeCollapse(), IntraModeCollapse(), series([1.0] * 20 + [0.4] * 10), 22)


def test_a_ratio_of_one_is_refused() -> None:
    with pytest.raises(BadParameter, match="between 0 and 1"):
        IntraModeCollapse(ratio=1.0)
