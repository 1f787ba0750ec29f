"""Alarms in a run's file: nothing is lost on the way there and back but what the detector says every time."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest

from gancheck.bench.alarm_rows import alarm_row, explain, find_alarms, read_alarm
from gancheck.detectors.base import Alarm
from gancheck.plugins.registry import Registry

ALARM = Alarm("nonfinite", 7, "fatal", 1.0, 0.0, "loss is not finite", "a cause", "an advice", "generator", "", 9)


@pytest.mark.parametrize("statistic", [1.5, math.inf, -math.inf])
def test_an_alarm_is_read_as_it_was_written(statistic: float) -> None:
    alarm = replace(ALARM, statistic=statistic)
    row = json.loads(json.dumps(alarm_row(alarm), allow_nan=False))
    assert row["kind"] == "alarm"
    assert read_alarm(row) == replace(alarm, cause="", advice="")


def test_cause_and_advice_come_from_the_detector(registry: Registry) -> None:
    explained = explain(replace(ALARM, cause="", advice=""), registry)
    assert "a lower learning rate" in explained.advice
    assert explained.cause


def test_an_alarm_of_a_detector_that_is_not_there_stays_as_it_is(registry: Registry) -> None:
    alarm = replace(ALARM, detector="gone")
    assert explain(alarm, registry) is alarm


def test_a_trace_is_shown_to_the_detectors(registry: Registry) -> None:
    alarms = find_alarms(registry, {"generator_loss": [1.0] * 5 + [math.nan] * 5})
    assert [(a.detector, a.step) for a in alarms if a.detector == "nonfinite"] == [("nonfinite", 6)]
