from __future__ import annotations

import math

import pytest

from gancheck.detectors.adversarial.game_eigenvalues import GameEigenvalues
from gancheck.detectors.alarms import AlarmTracker
from gancheck.detectors.observation import Observation
from gancheck.errors import BadParameter


def steps_of_alarms(rotation: float, growth: float, steps: int = 10) -> list[int]:
    tracker = AlarmTracker({"game-eigenvalues": GameEigenvalues()})
    for step in range(1, steps + 1):
        tracker.update(Observation(step, {"game_rotation": rotation, "game_growth": growth}))
    return [alarm.step for alarm in tracker.alarms]


def test_a_turning_game_without_pull_is_named() -> None:
    assert steps_of_alarms(1000, 0.0) == steps_of_alarms(3, 0.2) == [5]


@pytest.mark.parametrize(("rotation", "growth"), [(0.0, 0.3), (9.0, -0.1), (0.5, 0.0), (0.0, -1.0)])
def test_damped_games_and_those_that_only_repel_are_silent(rotation: float, growth: float) -> None:
    assert steps_of_alarms(rotation, growth) == []


def test_steps_without_a_measurement_say_nothing() -> None:
    watch = GameEigenvalues()
    watch.start()
    assert watch.update(Observation(1, {"game_rotation": 3.0})) is None
    assert watch.update(Observation(1, {"game_rotation": math.inf, "game_growth": 0.0})) is None
    with pytest.raises(BadParameter, match="rotation"):
        GameEigenvalues(rotation=0)
