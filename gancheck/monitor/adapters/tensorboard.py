"""Alarms in TensorBoard: each as a text, and its statistic as a scalar.

    from gancheck.monitor.adapters.tensorboard import AlarmWriter

    monitor = gc.watch(model, optimizer, on_alarm=AlarmWriter("runs/first"))
    monitor = gc.watch(model, optimizer, on_alarm=AlarmWriter(writer, then="raise"))

Under the tab Text stands `gancheck/alarms`, under Scalars `gancheck/NAME` with the statistic of every alarm of the
detector NAME, at the step of the alarm.
"""

from __future__ import annotations

import os
from typing import Any, Protocol, TypeGuard

from gancheck.detectors.base import Alarm
from gancheck.errors import BadParameter
from gancheck.monitor.adapters.libraries import library
from gancheck.monitor.announce import OnAlarm, announcer


class SummaryWriter(Protocol):
    """What is used of a `torch.utils.tensorboard.SummaryWriter`; others, such as tensorboardX's, have it too."""

    def add_text(self, tag: str, text_string: str, global_step: int | None = None) -> Any:
        """Write a text."""

    def add_scalar(self, tag: str, scalar_value: float, global_step: int | None = None) -> Any:
        """Write a number."""


class AlarmWriter:
    """A function for `on_alarm`: writes an alarm, then does with it what `then` says ("log", "warn", "raise", or a
    function of one alarm). `writer` is a SummaryWriter, or the folder that one is to write into."""

    def __init__(self, writer: SummaryWriter | str | os.PathLike[str], then: OnAlarm = "log") -> None:
        self.writer, self.then = open_writer(writer), announcer(then)

    def __call__(self, alarm: Alarm) -> None:
        write_alarm(self.writer, alarm)
        self.then(alarm)


def write_alarm(writer: SummaryWriter, alarm: Alarm) -> None:
    """One alarm, as text and as a scalar."""
    writer.add_text("gancheck/alarms", alarm.sentence, alarm.step)
    writer.add_scalar(f"gancheck/{alarm.detector}", alarm.statistic, alarm.step)


def open_writer(writer: SummaryWriter | str | os.PathLike[str]) -> SummaryWriter:
    """The writer itself, or a new one into a folder; BadParameter for anything else."""
    if isinstance(writer, str | os.PathLike):
        library("tensorboard", install="tensorboard")
        found: SummaryWriter = library("torch.utils.tensorboard", install="tensorboard").SummaryWriter(str(writer))
        return found
    if not is_writer(writer):
        raise BadParameter(f"writer: expected a SummaryWriter or a folder, got {type(writer).__name__}")
    return writer


def is_writer(thing: Any) -> TypeGuard[SummaryWriter]:
    """Whether alarms can be written with it."""
    return hasattr(thing, "add_text") and hasattr(thing, "add_scalar")
