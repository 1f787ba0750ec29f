from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from gancheck.detectors.base import Alarm
from gancheck.detectors.collapse.diversity_drop import DiversityDrop
from gancheck.errors import BadParameter
from tests.detectors.series import alarms, noise, survives


def alarm(diversity: Sequence[float] | np.ndarray, **how: Any) -> Alarm | None:
    return next(iter(alarms(DiversityDrop(**how), {"diversity": list(diversity)})), None)


@pytest.mark.parametrize(("to", "within"), [(0.7, 6), (0.5, 4), (0.05, 2)])
@pytest.mark.parametrize("deviation", [0.0, 0.02, 0.05])
def test_a_drop_raises_within_a_few_probes(to: float, within: int, deviation: float) -> None:
    for seed in range(5):
        found = alarm(np.concatenate([np.full(50, 0.95), np.full(50, to)]) + noise(seed, 100, deviation, 0.3))
        assert found is not None
        assert 50 < found.step <= 50 + within


def test_evidence_has_both_levels() -> None:
    found = alarm([0.9] * 30 + [0.4] * 10)
    assert found is not None
    assert found.evidence == "distances fell from 0.90 to 0.40 of those in real data"
    found = alarm([0.9] * 30 + [0.04] * 2)
    assert found is not None
    assert found.evidence == "samples lie at 0.04 of the distances in real data (alarm below 0.1)"


@pytest.mark.parametrize("phi", [0.0, 0.5])
def test_false_alarms_on_stationary_noise_are_at_most_one_in_a_hundred_runs(phi: float) -> None:
    runs = [0.9 * (1 + noise(seed, 200, deviation, phi)) for seed in range(20) for deviation in (0.02, 0.1, 0.2)]
    assert sum(alarm(run) is not None for run in runs) <= 1  # of 60


def test_a_slow_start_is_no_drop() -> None:
    for seed in range(5):
        rise = 0.02 + 0.93 * np.minimum(np.arange(100) / 60, 1)
        assert alarm(rise + noise(seed, 100, 0.01, 0.3)) is None


def test_samples_that_never_were_diverse_raise_after_long() -> None:
    found = alarm([0.02] * 60)
    assert found is not None
    assert found.step == 32


def test_settling_down_from_too_much_variety_is_no_drop() -> None:
    assert alarm([0.3, 0.9, 1.6, 1.4, 1.3, *[1.5] * 20, *np.linspace(1.5, 0.97, 30), *[0.97] * 40]) is None


def test_a_wild_start_is_forgotten() -> None:
    start = [0.3, 1.1, 0.9, 0.6, 0.5, 0.5, 0.6, 0.6, 0.6, 0.6]  # as measured on the ring
    assert alarm([*start, *np.linspace(0.6, 0.95, 30), *[0.95] * 60]) is None
    found = alarm([*start, *np.linspace(0.6, 0.95, 30), *[0.95] * 30, *[0.5] * 30])
    assert found is not None
    assert found.step <= 76


def test_a_collapse_that_is_over_is_said_to_be() -> None:
    found = alarm([0.9] * 30 + [0.05] * 20 + [0.9] * 30)
    assert found is not None
    assert found.recovered is not None
    assert found.recovered <= 53


def test_probes_that_are_missing_or_no_numbers_are_passed_over() -> None:
    sparse = [math.nan, 0.9, math.inf] * 20
    assert alarm(sparse) is None
    found = alarm([*sparse, *[0.3] * 4])
    assert found is not None


def test_its_memory_survives_a_checkpoint() -> None:
    series = {"diversity": [0.9 + 0.02 * v for v in noise(0, 40)] + [0.5] * 10}
    assert survives(DiversityDrop(), DiversityDrop(), series, 35)


def test_a_window_of_one_probe_is_refused() -> None:
    with pytest.raises(BadParameter, match="warmup = 1"):
        DiversityDrop(warmup=1)
