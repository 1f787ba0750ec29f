"""Trials on worker processes: balanced wherever a run stops, and taken up again from the answers that are kept."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")
Row = dict[str, Any]

WORKERS = 2
TOLD = 200  #: trials between two lines on how far it is


@dataclass(frozen=True)
class Effort:
    """How a benchmark is run."""

    resume: Path | None = None  #: answers, a line each: those in it are not made again, new ones are added
    workers: int = WORKERS
    minutes: float = float("inf")  #: after which no trial is begun

    @classmethod
    def read(cls, description: str | None) -> Effort:
        """From the command line."""
        parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
        parser.add_argument("--resume", type=Path, help="file of answers, kept and taken up again")
        parser.add_argument("--workers", type=int, default=WORKERS, help="processes")
        parser.add_argument("--minutes", type=float, default=float("inf"), help="after which no trial is begun")
        return cls(**vars(parser.parse_args()))


def run_trials(run: Callable[[T], Row], todo: Sequence[T], effort: Effort) -> list[Row]:
    """The answers, in the order of `todo`; fewer than that where time was up.

    A trial is a dataclass, and its answer holds its fields.
    """
    known = read_answers(effort.resume)
    left = [trial for trial in todo if key_of(trial) not in known]
    for done, (trial, answer) in enumerate(make_answers(run, left, effort), 1):
        known[key_of(trial)] = answer
        keep_answer(effort.resume, answer, trial)
        if done % TOLD == 0:
            print(f"{done + len(todo) - len(left)} of {len(todo)}", file=sys.stderr, flush=True)
    return [known[key_of(trial)] for trial in todo if key_of(trial) in known]


def make_answers(run: Callable[[T], Row], todo: Sequence[T], effort: Effort) -> Iterator[tuple[T, Row]]:
    """Each trial and its answer, until time is up."""
    end = time.monotonic() + 60 * effort.minutes
    with mapping(effort.workers) as apply:
        for trial, answer in zip(todo, apply(run, todo), strict=True):
            yield trial, answer
            if time.monotonic() > end:
                return


@contextmanager
def mapping(workers: int) -> Iterator[Callable[..., Iterator[Row]]]:
    """`map` here, or on so many processes."""
    if workers == 1:
        yield map
        return
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"))
    try:
        yield lambda run, todo: pool.map(run, todo, chunksize=4)
    finally:
        pool.shutdown(cancel_futures=True)


def spread_evenly(trials: Sequence[T], group: Callable[[T], Hashable]) -> list[T]:
    """In an order in which every group is as far as all others, so that a run that stops early is balanced."""
    sizes, seen, places = Counter(map(group, trials)), Counter[Hashable](), []
    for trial in trials:
        seen[group(trial)] += 1
        places.append(seen[group(trial)] / sizes[group(trial)])
    return [trials[i] for i in sorted(range(len(trials)), key=places.__getitem__)]


def notes_of(found: Row) -> list[str]:
    """Lines for a page: what changed after the figures were made, kept with them by hand as `note`."""
    return [f"{found['note']}", ""] if "note" in found else []


def key_of(trial: Any) -> str:
    """What tells one trial from others, as a line of text."""
    return json.dumps(asdict(trial), sort_keys=True)


def read_answers(path: Path | None) -> dict[str, Row]:
    """The answers that are kept, by their trials."""
    if path is None or not path.exists():
        return {}
    lines = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return {line["trial"]: line["answer"] for line in lines}


def keep_answer(path: Path | None, answer: Row, trial: Any) -> None:
    """Add one line."""
    if path is not None:
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"trial": key_of(trial), "answer": answer}) + "\n")
