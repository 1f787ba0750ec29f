"""`gancheck diagnose`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from rich.text import Text

from gancheck.api.diagnose import diagnose
from gancheck.cli.console import Output
from gancheck.detectors.base import Alarm
from gancheck.monitor.diagnosis import Diagnosis
from gancheck.monitor.report import alarm_line, idle_lines

COLOURS = {"fatal": "bold red", "warning": "yellow", "notice": "dim"}


def diagnose_command(
    file: Path,
    *,
    detectors: str = "standard",
    initial_loss: float | None = None,
    plots: Path | None = None,
    with_: Annotated[list[Path] | None, Parameter(name="--with", consume_multiple=False, negative="")] = None,
    json: Annotated[bool, Parameter(negative="")] = False,
) -> int:
    """What went wrong in a training that is over?

    Parameters
    ----------
    file
        A trace of gc.watch, an event file of TensorBoard's or a folder of them, trainer_state.json or the Trainer's
        folder, a CSV of losses, or a log.
    detectors
        A preset (cheap, standard, full), or names with parameters: "cheap, plateau" (gancheck list detectors).
    initial_loss
        The loss of a constant guess: log(classes), or the variance of the target.
    plots
        Folder for pictures: losses with alarms, gradients and updates by layer, learning curves, collapse; and for
        report.html, a page with the alarms, their causes and these pictures.
    with_
        A file or folder with detectors of your own; can be given several times.
    json
        For programs: alarms, idle detectors and what was read.
    """
    found = diagnose(file, detectors=detectors, initial_loss=initial_loss, plots=plots, plugins=with_ or ())
    if json:
        print(found.to_json())
    else:
        print_report(found)
    return 1 if found.went_wrong else 0


def print_report(found: Diagnosis) -> None:
    """The outcome, what was read, an alarm a line, and what could say nothing."""
    output = Output()
    output.print(Text(found.outcome, style="bold"), soft_wrap=True)
    for fact in found.facts():
        output.print(Text(fact, style="dim"), soft_wrap=True)
    for alarm in found.alarms:
        output.print(coloured(alarm), soft_wrap=True)
    for line in idle_lines(found.idle):
        output.print(Text(line, style="dim"), soft_wrap=True)
    for picture in found.pictures:
        output.print(Text(f"-> {picture}"), soft_wrap=True)


def coloured(alarm: Alarm) -> Text:
    """An alarm, its severity in colour."""
    line = Text(alarm_line(alarm))
    line.highlight_words([f"({alarm.severity}"], style=COLOURS[alarm.severity])
    return line
