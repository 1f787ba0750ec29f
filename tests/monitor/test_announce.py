from __future__ import annotations

import warnings

import pytest

import gancheck as gc
from gancheck.monitor.announce import announcer


def alarm(severity: str = "warning", part_of: str = "") -> gc.Alarm:
    return gc.Alarm("mine", 3, severity, 2.0, 1.0, "why", part_of=part_of)  # type: ignore[arg-type]


def test_a_notice_neither_warns_nor_stops() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        announcer("warn")(alarm("notice"))
        announcer("raise")(alarm("notice"))


def test_what_another_alarm_explains_does_not_stop_again() -> None:
    announcer("raise")(alarm("fatal", part_of="divergence"))
    with pytest.raises(gc.TrainingAlarm, match=r"^step 3: mine \(fatal.*why"):
        announcer("raise")(alarm("fatal"))
