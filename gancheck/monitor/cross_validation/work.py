"""The work of a cross-validation: fold by fold, with random numbers of its own."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch

from gancheck.detectors.base import Alarm
from gancheck.detectors.observation import Observation
from gancheck.errors import FailedFold
from gancheck.monitor.cross_validation.fold import Curve, Fold, FoldResult, Watch, read_error
from gancheck.monitor.cross_validation.splits import Splitter, split_rows, take
from gancheck.numerics.seeding import key
from gancheck.system.progress import Step, no_progress

Train = Callable[[Fold], Any]  #: trains, and gives the held-out error or metrics by name


def validate_folds(
    train: Train,
    data: Any,
    folds: int | Splitter,
    groups: Any,
    seed: int,
    watch: Watch,
    step: Step = no_progress,
) -> tuple[FoldResult, ...]:
    """Train on every fold. FailedFold, which names the fold, where the function raises."""
    splits = split_rows(data, folds, groups, key("cross-validation", seed))
    found: list[FoldResult] = []
    for number, (trained, held_out) in enumerate(splits, start=1):
        step("folds", number - 1, len(splits))
        fold_seed = key("cross-validation", seed, number) % 2**32
        fold = Fold(number, take(data, trained), take(data, held_out), fold_seed, watch)
        found.append(validate_fold(train, fold, f"fold {number} of {len(splits)}", len(trained), len(held_out)))
    step("folds", len(splits), len(splits))
    return tuple(found)


def validate_fold(train: Train, fold: Fold, name: str, train_rows: int, held_out_rows: int) -> FoldResult:
    """Train on one fold; its monitors leave the model when it is done."""
    try:
        with seeded(fold.seed):
            error, metrics = read_error(train(fold))
            for monitor in (monitor for monitor in fold.monitors if monitor.waiting):
                monitor.check()  # the last steps, which no check has seen yet
    except Exception as raised:
        raise FailedFold(f"{name}: {type(raised).__name__}: {raised}") from raised
    finally:
        for monitor in fold.monitors:
            monitor.close()
    return FoldResult(fold.number, error, metrics, train_rows, held_out_rows, *seen_in(fold))


def seen_in(fold: Fold) -> tuple[Curve, Curve, tuple[Alarm, ...], bool, Curve]:
    """Training loss, validation loss, alarms, whether there was a monitor, and the loss of the first steps."""
    seen = [observation for monitor in fold.monitors for observation in monitor.history]
    first = [observation for monitor in fold.monitors for observation in monitor.history.beginning]
    loss = name_of_loss(seen)
    alarms = tuple(alarm for monitor in fold.monitors for alarm in monitor.alarms)
    return Curve.of(seen, loss), Curve.of(seen, "val_loss"), alarms, bool(fold.monitors), Curve.of(first, loss)


def name_of_loss(seen: Sequence[Observation]) -> str:
    """`loss`, or the first other training loss; empty where there is none."""
    names = dict.fromkeys(name for observation in seen for name in observation.losses)
    return "loss" if "loss" in names else next(iter(names), "")


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Seed torch, NumPy and Python inside; outside their random numbers go on as if nothing had been drawn."""
    kept = random.getstate(), np.random.get_state()
    with torch.random.fork_rng(devices=range(torch.cuda.device_count())):
        torch.manual_seed(seed)
        np.random.seed(seed)
        random.seed(seed)
        try:
            yield
        finally:
            random.setstate(kept[0])
            np.random.set_state(kept[1])
