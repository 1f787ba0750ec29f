from __future__ import annotations

from gancheck.detectors.base import Alarm
from gancheck.monitor.report import alarm_line, describe


def test_detectors_that_lack_the_same_stand_on_one_line_the_shortest_first() -> None:
    samples = "needs diversity: monitor.log(samples=...); needs recall: monitor.log(samples=...)"
    idle = {"a": samples, "b": "needs update_ratio: give the model", "c": samples, "d": "stopped by its own error, oh"}
    assert describe(5, [], idle).splitlines() == [
        "5 steps watched: no alarms",
        "could say nothing:",
        "- give the model: b",
        "- stopped by its own error, oh: d",
        "- needs monitor.log(samples=...): a, c",
    ]


def test_an_alarm_names_layers_without_obeying_them() -> None:
    alarm = Alarm("dead", 3, "warning", 1.0, 0.5, "oh", "a", "b", where="\x1b[2J", recovered=9, part_of="it")
    assert alarm_line(alarm).startswith(r"  - step 3: dead in \x1b[2J (warning")
    assert alarm_line(alarm).endswith("Over at step 9.")


def test_what_a_later_alarm_explains_stands_beneath_it() -> None:
    early = Alarm("effect", 3, "warning", 1.0, 0.5, "oh", part_of="cause")
    alone, late = Alarm("other", 4, "warning", 1.0, 0.5, "oh"), Alarm("cause", 9, "warning", 1.0, 0.5, "oh")
    lines = describe(9, [early, alone, late], {}).splitlines()
    assert [line.split(":")[1].split(" (")[0] for line in lines[1:]] == [" other", " cause", " effect"]
