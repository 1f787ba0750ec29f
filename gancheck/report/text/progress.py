"""Progress for people: bars on a terminal that go when the work is done; anywhere else nothing, or one line per run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from threading import Timer
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
    track,
)

from gancheck.system.progress import T

if TYPE_CHECKING:
    from gancheck.bench.cell import RunSummary

Words = Literal["quiet", "normal", "verbose"]  #: how much is said
COUNT = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
LEFT = (
    TextColumn("elapsed"),
    TimeElapsedColumn(),
    TextColumn("left"),
    TimeRemainingColumn(elapsed_when_finished=False),
)


def is_watched(console: Console, words: Words) -> bool:
    """Whether somebody looks at bars: on a terminal, and not told to be quiet."""
    return console.is_terminal and words != "quiet"


class Bar:
    """A bar on standard error, drawn where that is a terminal and `words` are not quiet, while the block under `with`
    runs."""

    def __init__(
        self,
        columns: Iterable[ProgressColumn],
        console: Console,
        total: int | None,
        words: Words,
        after: float = 0.0,
        **options: Any,
    ) -> None:
        self.console, self.words, self.after = console, words, after
        self.bar = Progress(*columns, console=console, disable=not is_watched(console, words), **options)
        self.task = self.bar.add_task("runs" if total else "", total=total)
        self.clock = Timer(after, self.bar.start)

    def __enter__(self) -> Self:
        if not self.after:
            self.bar.start()
        elif not self.bar.disable:
            self.clock.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.clock.cancel()
        if self.clock.is_alive():
            self.clock.join()
        self.bar.stop()


class RunBar(Bar):
    """How far a grid of runs is, and lines on runs: on those that went wrong; normally on all that were not cached; in
    verbose words on every one, with its way of training. Quiet, there is no bar."""

    def __init__(self, runs: int, console: Console | None = None, words: Words = "normal") -> None:
        console = console or Console(stderr=True, highlight=False, soft_wrap=True)
        super().__init__((*COUNT, *LEFT), console, runs, words, speed_estimate_period=3600)

    def say(self, line: str) -> None:
        """Something to know about the runs; nothing where it is to be quiet."""
        if self.words != "quiet":
            self.console.print(line, markup=False)

    def leave_out(self, runs: int) -> None:
        """So many runs are not going to be made, and count as done."""
        self.bar.advance(self.task, runs)

    def __call__(self, summary: RunSummary) -> None:
        """One run has an outcome."""
        wrong = summary.status not in ("done", "skipped")
        if self.words == "verbose":
            self.console.print(summary.details, style=style_of(summary), markup=False)
        elif wrong or summary.metric_errors or (self.words == "normal" and not summary.cached):
            self.console.print(str(summary), style=style_of(summary), markup=False)
        self.bar.advance(self.task)


def style_of(summary: RunSummary) -> str:
    """Red where a run came to nothing, yellow where something of it is missing."""
    if summary.status not in ("done", "skipped"):
        return "red"
    return "yellow" if summary.status == "skipped" or summary.metric_errors else ""


class StepBar(Bar):
    """A `Step` that people can watch, where it takes longer than `after` seconds."""

    def __init__(self, console: Console | None = None, after: float = 0.0, words: Words = "normal") -> None:
        console = console or Console(stderr=True, highlight=False)
        super().__init__((*COUNT, TimeElapsedColumn()), console, None, words, after, transient=True)

    def __call__(self, what: str, done: int, total: int) -> None:
        self.bar.update(self.task, description=what, completed=done, total=total or None)


def bar(things: Iterable[T], total: int, doing: str, words: Words = "normal") -> Iterator[T]:
    """The things, with a bar on standard error where that is a terminal."""
    console = Console(stderr=True)
    yield from track(things, doing, total, console=console, disable=not is_watched(console, words), transient=True)
