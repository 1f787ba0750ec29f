from __future__ import annotations

import math

import numpy as np
import pytest

from gancheck.detectors.collapse.score_drop import ScoreDrop
from gancheck.errors import BadParameter
from tests.detectors.series import alarms, noise, survives

FALL = np.concatenate([np.linspace(4, 0.1, 30), np.full(30, 0.1)])


def test_a_distance_that_rises_again_raises_within_six_checks() -> None:
    for seed in range(5):
        course = np.concatenate([FALL, np.full(20, 0.8)]) * (1 + noise(seed, 80, 0.2))
        found = alarms(ScoreDrop(), {"frechet": list(course)})
        assert len(found) == 1
        assert 60 < found[0].step <= 66


def test_fluctuation_about_the_best_is_silent() -> None:
    for seed in range(5):
        assert not alarms(ScoreDrop(), {"frechet": list(0.1 * np.exp(noise(seed, 300, 0.3)))})
        assert not alarms(ScoreDrop(), {"frechet": list(noise(seed, 300, 0.01))})


def test_a_start_that_gets_worse_first_had_nothing_to_lose() -> None:
    assert not alarms(ScoreDrop(), {"frechet": [*[1.0] * 10, *[9.0] * 10, *FALL]})


@pytest.mark.parametrize("name", ["metric_fid", "metric_KID", "metric_frechet-inception"])
def test_a_users_own_distance_is_read_too(name: str) -> None:
    found = alarms(ScoreDrop(), {name: [300.0, 100.0, *[8.0] * 30, *[300.0] * 10]})
    assert len(found) == 1
    assert found[0].where == name
    assert not alarms(ScoreDrop(), {name: [300.0, 100.0, *[8.0] * 30, *[12.0] * 10]})


def test_other_metrics_are_none_of_its_business() -> None:
    assert not alarms(
        ScoreDrop(), {"metric_accuracy": [0.1] * 30 + [0.9] * 10, "metric_fidelity": [1.0] * 30 + [9.0] * 10}
    )


def test_missing_signals_and_nan_are_passed_over() -> None:
    assert not alarms(ScoreDrop(), {"frechet": [math.nan, math.inf, 0.1] * 20})


def test_its_memory_survives_a_checkpoint() -> None:
    series = {"frechet": [*FALL, *[0.8] * 9], "metric_fid": [*FALL, *[0.8] * 9]}
    assert survives(ScoreDrop(), ScoreDrop(), series, 61)


def test_a_rise_by_nothing_is_refused() -> None:
    with pytest.raises(BadParameter, match="rise must be above 1"):
        ScoreDrop(rise=1.0)


def test_an_error_that_is_no_distance_of_samples_is_none_of_its_business() -> None:
    assert not alarms(ScoreDrop(), {"metric_mse": [1.0] * 30 + [9.0] * 10, "metric_gp": [1.0] * 30 + [9.0] * 10})
