"""A training's signals as a file: JSON lines, a header first, so that detectors can be tried on it later."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from gancheck.detectors.base import Alarm
from gancheck.detectors.observation import Observation
from gancheck.version import version

FORMAT = "gancheck trace"


class TraceWriter:
    """Appends to a file; every check is written at once, so a killed training leaves all but the last one."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        is_new = not path.exists() or path.stat().st_size == 0
        self.file = path.open("a", encoding="utf-8")
        if is_new:
            self.write_row({"format": FORMAT, "version": 1, "gancheck": version()})

    def write(self, seen: Iterable[Observation]) -> None:
        """Observations, one a line."""
        for observation in seen:
            self.write_row(observation.row())
        self.file.flush()

    def write_alarms(self, alarms: Iterable[Alarm]) -> None:
        """Alarms that were raised while the training ran; a replay makes its own."""
        for alarm in alarms:
            self.write_row({"alarm": alarm.row()})
        self.file.flush()

    def write_row(self, row: dict[str, object]) -> None:
        """One line of JSON."""
        self.file.write(json.dumps(row) + "\n")

    def close(self) -> None:
        """Finish the file. What a full disk refused was an error when it was written, and is none once more."""
        with suppress(OSError):
            self.file.close()
