"""What detectors say of a training that is over."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from gancheck.detectors.alarms import AlarmTracker
from gancheck.detectors.base import Alarm
from gancheck.detectors.replay import replay
from gancheck.monitor.readers.recording import Recording, listed
from gancheck.monitor.report import alarm_line, idle_lines
from gancheck.system.control_characters import escape_controls
from gancheck.system.counts import say_count


@dataclass(frozen=True)
class Diagnosis:
    """Alarms in their order, and which detectors could say nothing. `print` shows all of it."""

    recording: Recording
    alarms: tuple[Alarm, ...]
    idle: dict[str, str]  #: detector -> what it lacks
    watching: int  #: detectors that could say something
    pictures: tuple[Path, ...] = ()

    @classmethod
    def of(cls, recording: Recording, tracker: AlarmTracker, initial_loss: float | None = None) -> Diagnosis:
        """Show detectors a recording; `initial_loss` is that of a constant guess."""
        given = {} if initial_loss is None else {"initial_loss": initial_loss}
        replay(tracker, (replace(seen, numbers={**given, **seen.numbers}) for seen in recording.observations))
        idle = dict(tracker.idle)
        return cls(recording, tuple(tracker.alarms), idle, len(tracker.detectors) - len(idle))

    def __str__(self) -> str:
        return "\n".join((self.outcome, *self.facts(), *map(alarm_line, self.alarms), *idle_lines(self.idle)))

    @property
    def went_wrong(self) -> bool:
        """Whether there is an alarm that is more than a notice."""
        return any(alarm.severity != "notice" for alarm in self.alarms)

    @property
    def outcome(self) -> str:
        """One line, such as `2 alarms in 500 steps of run.jsonl, a trace of gancheck`."""
        seen, found = self.recording, say_count(len(self.alarms), "alarm") if self.alarms else "no alarms"
        return f"{found} in {say_count(self.steps, 'step')} of {escape_controls(seen.source)}, {seen.form}"

    @property
    def steps(self) -> int:
        """Steps with a number."""
        return len({seen.step for seen in self.recording.observations})

    def facts(self) -> Iterator[str]:
        """What was read, and what was left out."""
        seen = self.recording
        yield f"steps {seen.observations[0].step:,} to {seen.observations[-1].step:,}: {listed(seen.signals, 30)}"
        if seen.layers:
            yield f"layers: {listed(seen.layers)}"
        if self.watching:
            yield f"{say_count(self.watching, 'detector')} watched"
        yield from (f"left out or assumed: {escape_controls(note)}" for note in seen.notes)

    def to_json(self) -> str:
        """Everything, as one JSON object."""
        seen = self.recording
        read = {"source": seen.source, "form": seen.form, "steps": self.steps, "signals": seen.signals}
        found = {"alarms": [alarm.row() for alarm in self.alarms], "idle": self.idle}
        return json.dumps({"outcome": self.outcome, **read, "notes": seen.notes, **found}, indent=2, default=str)
