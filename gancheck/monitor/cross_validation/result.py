"""What a cross-validation found: an error with its interval, curves, alarms, and one word."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from gancheck.detectors.base import Alarm
from gancheck.errors import Unsupported
from gancheck.monitor.cross_validation.fold import FoldResult
from gancheck.monitor.cross_validation.judgement import Word, judge
from gancheck.monitor.report import count
from gancheck.statistics.intervals import Interval
from gancheck.statistics.resampled import corrected_resampled_t

DrawFolds = Callable[[Sequence[FoldResult], str, Path], list[Path]]  #: draws all folds, under a title, into a folder


@dataclass(frozen=True)
class CrossValidation:
    """One training function on several splits of the data."""

    folds: tuple[FoldResult, ...]
    draw: DrawFolds | None = field(default=None, repr=False, compare=False)

    @property
    def errors(self) -> list[float]:
        """The held-out error of every fold."""
        return [fold.error for fold in self.folds]

    @cached_property
    def interval(self) -> Interval:
        """Mean error and its 95 % interval, corrected for training sets that overlap (Nadeau & Bengio 2003).

        The interval of t has no floor. Where no fold's error is negative, as of a share of mistakes or a squared error,
        its lower end is cut at 0.
        """
        shares = [fold.held_out_rows / fold.train_rows for fold in self.folds]
        found = corrected_resampled_t(self.errors, math.fsum(shares) / len(shares))
        return found.within(0.0, math.inf) if min(self.errors) >= 0 else found

    @property
    def mean(self) -> float:
        """Mean error over folds."""
        return self.interval.mean

    @cached_property
    def judgement(self) -> tuple[Word, str]:
        """The word, and why."""
        return judge(self.folds)

    @property
    def word(self) -> Word:
        """`unstable`, `overfitting`, `underfitting` or `fine`; rules are in `gancheck.monitor.cross_validation`."""
        return self.judgement[0]

    @property
    def reason(self) -> str:
        """Why it is this word."""
        return self.judgement[1]

    @property
    def alarms(self) -> dict[int, tuple[Alarm, ...]]:
        """The alarms of every fold, by its number."""
        return {fold.number: fold.alarms for fold in self.folds}

    def report(self) -> str:
        """The error, the word, and a line for every fold, as text."""
        lines = [f"{self.word}: {self.reason}", f"error {say(self.interval)} over {len(self.folds)} folds"]
        return "\n".join([*lines, *(line for fold in self.folds for line in lines_of(fold))])

    def plot(self, folder: str | Path) -> list[Path]:
        """Draw the learning curves of all folds with their alarms; gives the files."""
        if self.draw is None:
            raise Unsupported("this cross-validation draws nothing: make it with gc.cross_validate")
        return self.draw(self.folds, f"{self.word}: error {say(self.interval)}", Path(folder))

    def __str__(self) -> str:
        return self.report()


def say(interval: Interval) -> str:
    """`0.31 [0.25, 0.37]`."""
    bounds = "" if interval.low is None else f" [{interval.low:.3g}, {interval.high:.3g}]"
    return f"{interval.mean:.3g}{bounds}"


def lines_of(fold: FoldResult) -> list[str]:
    """A fold, and its alarms beneath it."""
    losses = {"training loss": fold.loss.last, "validation loss": fold.val_loss.last}
    parts = [f"{name} {value:.3g} at the end" for name, value in losses.items() if not math.isnan(value)]
    parts += [count(len(fold.alarms), "alarm")] if fold.is_watched else ["not watched"]
    head = f"- fold {fold.number}: error {fold.error:.3g}; {'; '.join(parts)}"
    return [head, *(f"  - {alarm.sentence}" for alarm in fold.alarms)]
