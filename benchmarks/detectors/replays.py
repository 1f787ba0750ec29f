"""Recorded runs shown to everything that watches."""

from __future__ import annotations

import multiprocessing
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.detectors.store import Run
from benchmarks.detectors.watchers import Watcher, watchers
from gancheck.detectors.base import Alarm
from gancheck.detectors.observation import Observation

Rise = tuple[int, str, float]  #: a step, a detector, and its largest excess so far


@dataclass(frozen=True)
class Seen:
    """What one watcher said of one run."""

    alarms: tuple[Alarm, ...]
    rises: tuple[Rise, ...]  #: whenever a detector's largest excess grew

    @property
    def excess(self) -> dict[str, float]:
        """Of every detector that said anything, the largest that lasted."""
        return {detector: excess for _, detector, excess in self.rises}

    @property
    def own(self) -> list[Alarm]:
        """Alarms that do not follow from another."""
        return [alarm for alarm in self.alarms if not alarm.part_of]

    @property
    def warnings(self) -> list[Alarm]:
        """Those that say that something is wrong."""
        return [alarm for alarm in self.own if alarm.severity != "notice"]


def replay_all(runs: Sequence[Run], with_: tuple[Path, ...], jobs: int) -> dict[str, list[Seen]]:
    """Watcher -> what it said of every run."""
    tasks = [(run, with_) for run in runs]
    if jobs == 1:
        found = [replay(task) for task in tasks]
    else:
        with multiprocessing.get_context("spawn").Pool(jobs) as pool:
            found = list(pool.imap(replay, tasks, chunksize=8))
    return {name: [each[name] for each in found] for name in found[0]}


KNOWN: dict[tuple[Path, ...], dict[str, Watcher]] = {}  #: built once in each process


def replay(task: tuple[Run, tuple[Path, ...]]) -> dict[str, Seen]:
    """One run under every watcher."""
    run, with_ = task
    if with_ not in KNOWN:
        KNOWN[with_] = watchers(with_)
    observations = list(run.observations())
    return {name: watch(watcher, observations) for name, watcher in KNOWN[with_].items()}


def watch(watcher: Watcher, observations: Sequence[Observation]) -> Seen:
    """One run under one watcher."""
    tracker, rises = watcher.build(), list[Rise]()
    best = dict.fromkeys(tracker.detectors, -float("inf"))
    for seen in observations:
        tracker.update(seen)
        for name, streak in tracker.streaks.items():
            if streak.best > best[name]:
                best[name] = streak.best
                rises.append((seen.step, name, streak.best))
    return Seen(tuple(tracker.alarms), tuple(rises))
