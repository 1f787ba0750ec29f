"""What is done with an alarm."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable
from typing import Literal

from gancheck.detectors.base import Alarm
from gancheck.errors import BadParameter, TrainingAlarm

OnAlarm = Literal["log", "warn", "raise"] | Callable[[Alarm], object]
log = logging.getLogger("gancheck")


def announcer(how: OnAlarm) -> Callable[[Alarm], object]:
    """`log` (the logger `gancheck`), `warn` (UserWarning), `raise` (TrainingAlarm), or whatever is to be called."""
    if callable(how):
        return how
    known: dict[str, Callable[[Alarm], object]] = {"log": log_alarm, "warn": warn_alarm, "raise": raise_alarm}
    if how not in known:
        raise BadParameter(f"on_alarm = {how!r}: choose log, warn, raise, or give a function of one alarm")
    return known[how]


def log_alarm(alarm: Alarm) -> None:
    """To the logger `gancheck`, by severity."""
    log.log(logging.INFO if alarm.severity == "notice" else logging.WARNING, "%s", alarm.sentence)


def warn_alarm(alarm: Alarm) -> None:
    """As a UserWarning; a notice is only logged."""
    if alarm.severity == "notice":
        log_alarm(alarm)
    else:
        warnings.warn(alarm.sentence, UserWarning, stacklevel=5)


def raise_alarm(alarm: Alarm) -> None:
    """Stop the training; a notice, and what another alarm explains, are only logged."""
    if alarm.severity == "notice" or alarm.part_of:
        log_alarm(alarm)
    else:
        raise TrainingAlarm(alarm.sentence)
