from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

import gancheck as gc
from gancheck.detectors.alarms import STORY, AlarmTracker
from gancheck.errors import Unsupported


@dataclass
class Level(gc.Detector):
    """Suspicious while a number is above 1."""

    name: str = "loss"
    seen: int = field(default=0, init=False)

    def start(self) -> None:
        self.seen = 0

    def update(self, seen: gc.Observation) -> gc.Reading | None:
        self.seen += 1
        return gc.Reading(seen.get(self.name), 1.0, f"{self.name} is high") if self.name in seen.numbers else None


class Impatient(Level):
    patience = 1


class NumPy(Level):
    def update(self, seen: gc.Observation) -> gc.Reading | None:
        return gc.Reading(np.float64(2.0), 1.0)


@dataclass
class Remembering(Level):
    """Keeps its last reading, and the step that it was of."""

    last: gc.Reading = field(default=gc.Reading(0.0, 1.0), init=False)
    at: gc.Observation = field(default=gc.Observation(0), init=False)

    def update(self, seen: gc.Observation) -> gc.Reading | None:
        self.at, self.last = seen, super().update(seen) or self.last
        return self.last


class Broken(Level):
    def update(self, seen: gc.Observation) -> gc.Reading | None:
        raise ZeroDivisionError("no rows")


class Refusing(Level):
    def start(self) -> None:
        raise Unsupported("not on this machine")


class Careless(Level):
    def update(self, seen: gc.Observation) -> Any:
        return 3.0, "not a reading"


def shown(tracker: AlarmTracker, values: Sequence[float], name: str = "loss", first: int = 1) -> list[gc.Alarm]:
    return [a for i, value in enumerate(values) for a in tracker.update(gc.Observation(first + i, {name: value}))]


def test_an_alarm_needs_several_readings_in_a_row() -> None:
    tracker = AlarmTracker({"level": Level()})
    assert shown(tracker, [0, 2, 0, 2, 0]) == []
    (alarm,) = shown(tracker, [2, 2, 2, 2], first=6)
    assert (alarm.detector, alarm.step, alarm.statistic, alarm.threshold) == ("level", 7, 2.0, 1.0)


def test_an_alarm_ends_and_another_may_begin() -> None:
    tracker = AlarmTracker({"level": Level()})
    shown(tracker, [2, 2, 2, 0, 2, 0, 0, 0, 2, 2])
    assert [(a.step, a.recovered) for a in tracker.alarms] == [(2, 7), (10, None)]


def test_steps_without_a_reading_count_for_nothing() -> None:
    tracker = AlarmTracker({"level": Level()})
    shown(tracker, [2])
    shown(tracker, [9, 9, 9], name="val_loss", first=2)
    assert [a.step for a in shown(tracker, [2], first=5)] == [5]


def test_a_reading_that_is_no_number_is_calm() -> None:
    tracker = AlarmTracker({"level": Impatient()})
    assert shown(tracker, [math.nan, math.nan]) == []
    assert len(shown(tracker, [math.inf])) == 1


def test_the_score_is_the_largest_excess_that_lasted() -> None:
    tracker = AlarmTracker({"level": Level(), "other": Level("val_loss")})
    shown(tracker, [0, 9, 3, 2, 0])
    assert tracker.scores() == {"level": 2.0, "other": -math.inf}


def two(explains: dict[str, tuple[str, ...]]) -> AlarmTracker:
    return AlarmTracker({"a-effect": Impatient("generator_loss"), "b-cause": Impatient()}, explains=explains)


def test_what_an_earlier_alarm_explains_is_part_of_it() -> None:
    tracker = two({"b-cause": ("a-effect",)})
    shown(tracker, [2, 2])
    (effect,) = shown(tracker, [2], "generator_loss", 50)
    assert effect.part_of == "b-cause"


def test_cause_and_effect_of_one_step_are_one_story_whatever_their_names() -> None:
    cause, effect = two({"b-cause": ("a-effect",)}).update(gc.Observation(1, {"loss": 2.0, "generator_loss": 2.0}))
    assert (cause.detector, effect.part_of) == ("b-cause", "b-cause")


@pytest.mark.parametrize(("later", "part_of"), [(STORY, "b-cause"), (STORY + 5, "")])
def test_long_after_the_end_it_is_another_story(later: int, part_of: str) -> None:
    tracker = two({"b-cause": ("a-effect",)})
    shown(tracker, [2, 0])
    assert shown(tracker, [2], "generator_loss", 2 + later)[0].part_of == part_of


def test_a_story_of_three_names_its_beginning() -> None:
    names = {"c": Impatient("loss"), "b": Impatient("generator_loss"), "a": Impatient("kl_loss")}
    tracker = AlarmTracker(names, explains={"c": ("b",), "b": ("a",)})
    for step, signal in enumerate(("loss", "generator_loss", "kl_loss"), start=1):
        shown(tracker, [2], signal, step)
    assert [(a.detector, a.part_of) for a in tracker.alarms] == [("c", ""), ("b", "c"), ("a", "c")]


@pytest.mark.parametrize(("later", "part_of"), [(STORY, "b-cause"), (STORY + 1, "")])
def test_a_cause_that_is_found_later_explains_what_came_shortly_before(later: int, part_of: str) -> None:
    tracker = two({"b-cause": ("a-effect",)})
    shown(tracker, [2], "generator_loss")
    shown(tracker, [2], first=1 + later)
    assert [(a.detector, a.part_of) for a in tracker.alarms] == [("a-effect", part_of), ("b-cause", "")]


def test_a_late_cause_takes_what_followed_from_its_consequence_along() -> None:
    names = {"c": Impatient("loss"), "b": Impatient("generator_loss"), "a": Impatient("kl_loss")}
    tracker = AlarmTracker(names, explains={"c": ("b",), "b": ("a",)})
    for step, signal in enumerate(("generator_loss", "kl_loss", "loss"), start=1):
        shown(tracker, [2], signal, step)
    assert [(a.detector, a.part_of) for a in tracker.alarms] == [("b", "c"), ("a", "c"), ("c", "")]


def test_what_followed_from_an_alarm_too_long_ago_stays_with_it() -> None:
    names = {"c": Impatient("loss"), "b": Impatient("generator_loss"), "a": Impatient("kl_loss")}
    tracker = AlarmTracker(names, explains={"c": ("b",), "b": ("a",)})
    for step, signal in ((10, "generator_loss"), (STORY, "kl_loss"), (STORY + 20, "loss")):
        shown(tracker, [2], signal, step)
    assert [(a.detector, a.part_of) for a in tracker.alarms] == [("b", ""), ("a", "b"), ("c", "")]


def test_numbers_of_numpy_are_taken_into_a_state_that_loads() -> None:
    tracker, again = (AlarmTracker({"numpy": NumPy()}) for _ in range(2))
    shown(tracker, [2, 2, 2])
    again.load_state_dict(tracker.state_dict())
    assert again.scores() == tracker.scores()


def test_no_alarm_follows_from_itself() -> None:
    tracker = two({"b-cause": ("a-effect",), "a-effect": ("b-cause",)})
    shown(tracker, [2])
    shown(tracker, [2], "generator_loss", 2)
    (again,) = shown(tracker, [0, 2], first=3)
    assert (again.detector, again.part_of) == ("b-cause", "")


def test_a_detector_that_fails_is_left_out_and_the_others_go_on() -> None:
    detectors = {"broken": Broken(), "refusing": Refusing(), "careless": Careless(), "level": Level()}
    tracker = AlarmTracker(detectors)
    assert [a.detector for a in shown(tracker, [2, 2])] == ["level"]
    assert tracker.idle["broken"] == "stopped by its own error, ZeroDivisionError: no rows"
    assert tracker.idle["refusing"] == "stopped by its own error, not on this machine"
    assert "careless" in tracker.idle


def test_what_is_lacking_is_said_until_it_is_seen() -> None:
    tracker = AlarmTracker({"level": Level()}, {"level": ("loss", "val_loss", "speed")})
    shown(tracker, [1])
    lacks = "needs val_loss: monitor.log(val_loss=...); needs speed: monitor.log(speed=...)"
    assert tracker.idle == {"level": lacks}
    shown(tracker, [1], "val_loss")
    shown(tracker, [1], "speed")
    assert tracker.idle == {}


@pytest.mark.parametrize("cut", range(1, 9))
def test_a_state_goes_on_where_it_was(cut: int) -> None:
    values = [2.0, 0.0, 2.0, 2.0, 2.0, 0.0, 0.0, 2.0, 2.0]
    whole, begun, gone_on = (AlarmTracker({"level": Level()}) for _ in range(3))
    shown(whole, values)
    shown(begun, values[:cut])
    state = json.loads(json.dumps(begun.state_dict()))
    gone_on.load_state_dict(state)
    shown(gone_on, values[cut:], first=cut + 1)
    assert gone_on.alarms == whole.alarms
    assert gone_on.state_dict() == whole.state_dict()
    assert state == begun.state_dict()


def test_a_state_may_know_other_detectors() -> None:
    old = AlarmTracker({"gone": Level(), "broken": Broken()})
    shown(old, [2, 2])
    new = AlarmTracker({"fresh": Level()})
    shown(new, [2, 2, 2])
    new.load_state_dict(old.state_dict())
    assert [a.detector for a in new.alarms] == ["gone"]
    assert new.idle == {}
    assert [a.step for a in shown(new, [2, 2, 0, 0], first=3)] == [4]
    assert [a.recovered for a in new.alarms] == [None, 6]


def test_a_detector_that_failed_stays_out_after_a_restart() -> None:
    old = AlarmTracker({"broken": Broken(), "level": Level()})
    shown(old, [2])
    new = AlarmTracker({"broken": Broken(), "level": Level()})
    new.load_state_dict(old.state_dict())
    assert list(new.failed) == ["broken"]
    assert [a.step for a in shown(new, [2], first=2)] == [2]


@dataclass
class Limit(Level):
    most: float = 1.0
    hints: tuple[str, ...] = ("a",)

    def update(self, seen: gc.Observation) -> gc.Reading | None:
        self.seen += 1
        return gc.Reading(seen.get(self.name), self.most) if self.name in seen.numbers else None


def gone_on_with(detector: Limit) -> Limit:
    """The detector after it has taken up a state that one with the usual parameters left."""
    old = AlarmTracker({"limit": Limit()})
    shown(old, [2, 2, 2])
    new = AlarmTracker({"limit": detector})
    new.load_state_dict(json.loads(json.dumps(old.state_dict())))
    shown(new, [0, 0], first=4)
    assert [(a.step, a.recovered) for a in new.alarms] == [(2, 5)]
    return detector


def test_readings_and_steps_that_a_detector_remembers_are_kept() -> None:
    before, after = (AlarmTracker({"level": Remembering()}) for _ in range(2))
    shown(before, [3.0])
    after.load_state_dict(json.loads(json.dumps(before.state_dict())))
    assert after.detectors["level"] == before.detectors["level"]


def test_parameters_given_after_a_restart_count_and_the_detector_starts_afresh(
    caplog: pytest.LogCaptureFixture,
) -> None:
    changed = gone_on_with(Limit(most=5.0))
    assert (changed.most, changed.seen) == (5.0, 2)
    assert len(caplog.records) == 1
    assert "limit starts afresh: not saved with the same most" in caplog.text


def test_the_same_parameters_go_on_without_a_word(caplog: pytest.LogCaptureFixture) -> None:
    same = gone_on_with(Limit())
    assert (same.seen, same.hints) == (5, ("a",))
    assert caplog.records == []


def test_a_detector_that_needs_nothing_says_that_it_has_seen_nothing() -> None:
    tracker = AlarmTracker({"level": Level()}, {"level": ()}, reads={"level": ("loss", "*_loss")})
    shown(tracker, [1], "accuracy")
    lacks = "has seen none of what it reads: loss, *_loss; monitor.step(loss=...), where there is one loss"
    assert tracker.idle == {"level": lacks}
    shown(tracker, [1], "kl_loss")
    assert tracker.idle == {}
