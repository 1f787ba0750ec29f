"""What detectors say of a training, as one page: alarms with cause and advice, and the pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gancheck.detectors.base import Alarm
from gancheck.monitor.diagnosis import Diagnosis
from gancheck.monitor.report import idle_lines
from gancheck.report.html.board import Cell, Table
from gancheck.report.html.page import render
from gancheck.report.html.pictures import pictures_of
from gancheck.report.text.numbers import digits
from gancheck.system.files import write_text

FILE = "report.html"
HEADINGS = ("step", "detector", "where", "severity", "statistic", "threshold", "what was seen", "likely", "try")


def write_diagnosis_page(path: Path, found: Diagnosis) -> Path:
    """Write the page; its pictures are those that were drawn."""
    words: dict[str, Any] = {
        "found": found,
        "table": Table("Alarms", HEADINGS, [alarm_cells(alarm) for alarm in found.alarms]),
        "idle": list(idle_lines(found.idle)),
        "pictures": pictures_of(found.pictures),
    }
    write_text(path, render("diagnosis.html", {}, ("table.js",), **words), "--plots")
    return path


def alarm_cells(alarm: Alarm) -> list[Cell]:
    """A row; of an alarm that follows from another one, that one instead of cause and advice."""
    follows = f"follows from {alarm.part_of}" if alarm.part_of else alarm.cause
    numbers = [Cell(digits(x), x if x == x else None) for x in (alarm.statistic, alarm.threshold)]
    texts = (alarm.evidence, follows, "" if alarm.part_of else alarm.advice)
    words = [Cell(text, text) for text in (alarm.detector, alarm.where, alarm.severity)]
    return [Cell(f"{alarm.step:,}", alarm.step), *words, *numbers, *(Cell(text, text) for text in texts)]
