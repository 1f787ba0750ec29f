"""The monitor of a process that does not decide: all but the first of a distributed training."""

from __future__ import annotations

from typing import Any

from gancheck.detectors.alarms import AlarmTracker
from gancheck.detectors.base import Alarm
from gancheck.monitor.announce import OnAlarm
from gancheck.monitor.monitor import Monitor


class FollowingMonitor(Monitor):
    """Counts updates, and hears the first process's alarms at the same step; it measures and reads nothing."""

    def __init__(self, every: int, on_alarm: OnAlarm) -> None:
        super().__init__(AlarmTracker({}), every=every, on_alarm=on_alarm)

    def step(self, loss: Any = None, **losses: Any) -> list[Alarm]:
        """An update is done; gives the first process's alarms."""
        self.steps += 1
        return [] if self.steps % self.every else self.check()

    def log(self, **values: Any) -> None:
        """The first process reads its own."""
