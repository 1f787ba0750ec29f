"""Runs on their way to a tracker: each is told from the store, as its block is done, and changes no number."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from gancheck.bench.cell import RunSummary
from gancheck.bench.plan import Plan
from gancheck.bench.run_spec import RunSpec
from gancheck.bench.store import Run, Store
from gancheck.bench.trackers.base import SampleTracker, TrackedRun, Tracker
from gancheck.bench.trackers.values import run_metrics, run_parameters
from gancheck.errors import StoreError
from gancheck.system.counts import say_count
from gancheck.training.record import TrainingRecord

#: Step and pixels of a run's samples, evaluation by evaluation; nothing for a run that has no pictures.
Pictures = Callable[[RunSpec], Iterable[tuple[int, NDArray[np.uint8]]]]


def no_pictures(spec: RunSpec) -> tuple[()]:
    """No run has any."""
    return ()


@dataclass
class Tracking:
    """Hears of every run that has an outcome, and tells the tracker those that were tried."""

    tracker: Tracker
    plan: Plan
    pictures: Pictures = no_pictures
    cached: bool = False  #: also runs that were there before
    failed: bool = field(default=False, init=False)  #: whether the tracker has raised
    told: int = field(default=0, init=False)  #: runs
    left: int = field(default=0, init=False)  #: cached runs that were not asked for

    def __post_init__(self) -> None:
        self.specs = {spec.label: spec for spec in self.plan.specs}

    def __call__(self, summary: RunSummary) -> None:
        """One run has an outcome. What the tracker raises is said, and it is left alone from then on."""
        if self.failed or summary.status in ("skipped", "missing"):
            return
        if summary.cached and not self.cached:
            self.left += 1
            return
        if run := self.plan.store.read_or_none(self.specs[summary.label].run_id):
            self.try_telling(run)

    def try_telling(self, run: Run) -> None:
        """Tell a run, or say why not."""
        try:
            self.tell(run)
            self.told += 1
        except (Exception, SystemExit) as error:
            self.failed = True
            named = type(self.tracker).__name__
            why = " ".join(f"{type(error).__name__}: {error}".split())
            print(f"gancheck: tracker {named} at {run.spec.label}, {why}; trainings go on without it", file=sys.stderr)

    def tell(self, run: Run) -> None:
        """One run, from its start to its end."""
        spec, store = run.spec, self.plan.store
        self.tracker.start(TrackedRun(spec.file_name, spec.run_id, spec.suite.name, store.folder))
        self.tracker.parameters(run_parameters(spec))
        for step, values in run_metrics(run, kept_trace(spec, store)):
            self.tracker.metrics(values, step)
        if isinstance(self.tracker, SampleTracker):
            for step, picture in self.pictures(spec):
                self.tracker.samples(picture, step)
        self.tracker.end(run.outcome["status"])

    def notes(self) -> tuple[str, ...]:
        """What was not told, and how it can be."""
        if not self.left or self.failed:
            return ()
        return (f"{say_count(self.left, 'cached run')} not tracked again; --track-cached does that",)


def kept_trace(spec: RunSpec, store: Store) -> Mapping[str, Tensor]:
    """The signals of a run's training; none where its file is gone."""
    try:
        return TrainingRecord.load(store.weights(spec.training_id)).trace
    except StoreError:
        return {}
