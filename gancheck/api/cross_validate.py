"""`gc.cross_validate`: an ordinary training function on several splits of the data."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gancheck.api.watch import watch
from gancheck.monitor.cross_validation.fold import FoldResult
from gancheck.monitor.cross_validation.result import CrossValidation
from gancheck.monitor.cross_validation.splits import Splitter
from gancheck.monitor.cross_validation.work import Train, validate_folds
from gancheck.report.text.progress import StepBar


def cross_validate(
    train: Train, data: Any, folds: int | Splitter = 5, *, groups: Any = None, seed: int = 0
) -> CrossValidation:
    """Train on every split of the data: the held-out error with its interval, learning curves, and one word.

    train: `def train(fold): ...; return error`. It trains on `fold.train`, asks `fold.watch(model, optimizer)` for a
        monitor if it likes, measures on `fold.validation`, and returns the error, lower is better; or metrics by name,
        the error among them as "error".
    data: X, or (X, y), as tensors or arrays, or a torch Dataset; every fold gets its rows in the same form.
    folds: how many, or a splitter of scikit-learn. Where y are classes, each fold has its share of each.
    groups: (n,) rows of one group, such as a patient's, are never on both sides.
    seed: of the splits, and of each fold's random numbers (torch, NumPy and Python).

    Gives a `CrossValidation`: `.errors`, `.mean`, `.interval`, `.word` ("underfitting", "overfitting", "unstable" or
    "fine"), `.reason`, `.folds` with curves and alarms, `.report()`, `.plot(folder)`. Raises FailedFold, which names
    the fold, where `train` raises; BadData and BadParameter for what cannot be split.
    """
    with StepBar() as step:
        done = validate_folds(train, data, folds, groups, seed, watch, step)
    return CrossValidation(done, draw_folds)


def draw_folds(folds: Sequence[FoldResult], title: str, folder: Path) -> list[Path]:
    """Pictures of all folds; matplotlib is imported only here."""
    from gancheck.report.plots.folds import draw

    return draw(folds, title, folder)
