from __future__ import annotations

import math

import pytest

from gancheck.detectors.collapse.partial_collapse import PartialCollapse
from gancheck.errors import BadParameter
from tests.detectors.series import Series, alarms, noise, survives


def series(gaps: list[float], seed: int = 0, drift: float = 0.0, held: float = 1.0) -> Series:
    n = len(gaps)
    gap = [g + e for g, e in zip(gaps, noise(seed, n, 0.04, 0), strict=True)]
    moved = [drift + e for e in noise(seed + 100, n, 0.05, 0)]
    return {
        "mode_gap": gap,
        "mode_drift": moved,
        "mode_shares": [20.0 if g > 0.1 else 0.5 for g in gaps],
        "modes_held": [held if g > 0.1 else 1.0 for g in gaps],
    }


def test_healthy_shares_are_silent() -> None:
    assert not any(alarms(PartialCollapse(), series([0.0] * 300, seed)) for seed in range(5))


@pytest.mark.parametrize("gap", [0.26, 0.5])
def test_shares_that_get_lost_raise_within_eight_checks(gap: float) -> None:
    for seed in range(5):
        found = alarms(PartialCollapse(), series([0.0] * 20 + [gap] * 20, seed))
        assert len(found) == 1
        assert 20 < found[0].step <= 28


def test_few_empty_bins_are_enough() -> None:
    assert alarms(PartialCollapse(), series([0.0] * 20 + [0.13] * 20, held=0.8))


def test_a_generator_that_learns_is_no_collapse_and_one_that_stays_bad_is() -> None:
    assert not alarms(PartialCollapse(), series([0.8 * 0.95**t for t in range(80)]))
    assert [a.step for a in alarms(PartialCollapse(), series([0.4] * 60))] == [41]


def test_large_numbers_of_samples_make_small_differences_sure_but_no_collapse() -> None:
    assert not alarms(PartialCollapse(), series([0.105] * 200))


def test_what_moves_is_cycling() -> None:
    assert not alarms(PartialCollapse(), series([0.0] * 10 + [0.4] * 40, drift=0.5))


def test_missing_signals_and_nan_are_passed_over() -> None:
    assert not alarms(PartialCollapse(), {"mode_gap": [math.nan, 0.1] * 10, "mode_shares": [math.inf] * 20})
    assert alarms(PartialCollapse(), {"mode_gap": [0.0] * 9 + [0.5] * 9, "mode_shares": [9.0] * 18})


def test_its_memory_survives_a_checkpoint() -> None:
    assert survives(PartialCollapse(), PartialCollapse(), series([0.0] * 20 + [0.3] * 20), 22)


def test_a_gap_of_zero_is_refused() -> None:
    with pytest.raises(BadParameter, match="above 0"):
        PartialCollapse(gap=0.0)
