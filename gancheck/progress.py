"""Progress: a bar with an estimate on a terminal, one plain line per run anywhere else."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from gancheck.work import Report


class Progress:
    """Tells how far a grid of runs is."""

    def __init__(self, runs: int, console: Console | None = None) -> None:
        self.console = console or Console(stderr=True, highlight=False, soft_wrap=True)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        left = (
            TextColumn("elapsed"),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(elapsed_when_finished=False),
        )
        self.bar = Bar(
            *columns, *left, console=self.console, disable=not self.console.is_terminal, speed_estimate_period=3600
        )
        self.task = self.bar.add_task("runs", total=runs)

    def __enter__(self) -> Self:
        self.bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.bar.stop()

    def tell(self, report: Report) -> None:
        """One run has an outcome."""
        if not report.cached or report.status not in ("done", "skipped"):
            style = "" if report.status == "done" else "yellow" if report.status == "skipped" else "red"
            self.console.print(str(report), style=style, markup=False)
        self.bar.advance(self.task)
