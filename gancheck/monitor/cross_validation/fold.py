"""A fold: what the training function is given, and what came of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from torch import nn
from torch.optim import Optimizer

from gancheck.detectors.base import Alarm
from gancheck.detectors.directions import is_better_higher
from gancheck.detectors.observation import Observation
from gancheck.errors import BadData
from gancheck.monitor.monitor import Monitor

Watch = Callable[..., Monitor]  #: `gc.watch`
ERROR_NAMES = ("error", "val_loss")  #: the entry of several metrics that is the error, the first that is there


@dataclass
class Fold:
    """What a training function is given: `train`, `validation`, and `watch` for a monitor.

    Random numbers of torch, NumPy and Python are seeded with `seed` before the function is called.
    """

    number: int  #: counted from 1
    train: Any  #: rows to train on, in the form in which the data was given
    validation: Any  #: rows that are held out
    seed: int  #: of this fold alone, below 2 ** 32
    make_monitor: Watch = field(repr=False)
    monitors: list[Monitor] = field(default_factory=list, init=False, repr=False)

    def watch(self, model: nn.Module | None = None, optimizer: Optimizer | None = None, **options: Any) -> Monitor:
        """A monitor for the training of this fold; `options` are those of `gc.watch`."""
        self.monitors.append(self.make_monitor(model, optimizer, **options))
        return self.monitors[-1]


@dataclass(frozen=True)
class Curve:
    """A loss over training."""

    steps: tuple[int, ...] = ()
    values: tuple[float, ...] = ()

    @classmethod
    def of(cls, seen: Iterable[Observation], name: str) -> Curve:
        """A signal, where it was measured."""
        points = [(o.step, o.numbers[name]) for o in seen if name in o.numbers]
        return cls(tuple(step for step, _ in points), tuple(value for _, value in points))

    @property
    def finite(self) -> Curve:
        """The same without NaN and infinities."""
        points = [(s, v) for s, v in zip(self.steps, self.values, strict=True) if math.isfinite(v)]
        return Curve(tuple(s for s, _ in points), tuple(v for _, v in points))

    @property
    def last(self) -> float:
        """The last value; NaN where there is none."""
        return self.values[-1] if self.values else math.nan


@dataclass(frozen=True)
class FoldResult:
    """What came of one fold."""

    number: int  #: counted from 1
    error: float  #: of the rows held out; lower is better
    metrics: Mapping[str, float]  #: all that the training function returned
    train_rows: int
    held_out_rows: int
    loss: Curve = Curve()  #: the training loss at checked steps
    val_loss: Curve = Curve()  #: the loss of rows held out, as far as it was logged
    alarms: tuple[Alarm, ...] = ()
    is_watched: bool = False  #: whether `fold.watch` was called
    beginning: Curve = Curve()  #: the training loss of the first steps, checked or not


def read_error(returned: Any) -> tuple[float, dict[str, float]]:
    """The held-out error and all metrics that a training function returned; BadData where there is no error. A single
    metric is one, unless its name says that it is better higher."""
    if not isinstance(returned, Mapping):
        return number(returned, "error"), {"error": number(returned, "error")}
    metrics = {str(name): number(value, str(name)) for name, value in returned.items()}
    single = [name for name in metrics if len(metrics) == 1 and not is_better_higher(name)]
    name = next((n for n in (*ERROR_NAMES, *single) if n in metrics), None)
    if name is None:
        given = ", ".join(metrics) or "nothing"
        raise BadData(f"the training function returned {given}; name one of them 'error', which is better lower")
    return metrics[name], metrics


def number(value: Any, name: str) -> float:
    """A float of whatever holds one number."""
    try:
        return float(value)
    except (TypeError, ValueError) as error:
        raise BadData(
            f"the training function returned {type(value).__name__} as {name}; give a number, lower is better, or "
            "several by name, the error among them as 'error'"
        ) from error
