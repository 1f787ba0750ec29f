"""Run trainings and keep their traces; what is kept is not run again."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.detectors.case import Case
from benchmarks.detectors.programs.all import PROGRAMS
from benchmarks.detectors.store import Run, is_recorded, keep, load_run


def record_all(folder: Path, wanted: Sequence[Case], jobs: int) -> None:
    """All runs that are not there yet, with a line of progress."""
    folder.mkdir(parents=True, exist_ok=True)
    todo = [case for case in wanted if not is_recorded(folder, case)]
    started = time.monotonic()
    failed = dict[str, str]()
    for done, (case, error) in enumerate(recorded(folder, todo, jobs), start=1):
        failed |= {case.name: error} if error else {}
        left = (time.monotonic() - started) / done * (len(todo) - done)
        print(f"\r{done} of {len(todo)} runs, about {left / 60:.1f} minutes left: {case.name:<60}", end="", flush=True)
    print("".join(f"\n{name} failed: {error}" for name, error in failed.items()))
    print(f"{len(wanted) - len(failed)} runs in {folder}")


def recorded(folder: Path, todo: Sequence[Case], jobs: int) -> Iterable[tuple[Case, str]]:
    """Cases as they are done, with their errors."""
    tasks = [(folder, case) for case in todo]
    if min(jobs, len(tasks)) <= 1:
        yield from map(attempt, tasks)
        return
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        yield from pool.imap_unordered(attempt, tasks)


def attempt(task: tuple[Path, Case]) -> tuple[Case, str]:
    """One run; and the error that ended it, if any."""
    try:
        record(*task)
    except Exception as error:  # one that fails must not end the others
        return task[1], f"{type(error).__name__}: {error}"
    return task[1], ""


def record(folder: Path, case: Case) -> None:
    """One run on one thread."""
    import torch

    torch.set_num_threads(1)
    setup, scenario = PROGRAMS[case.program].setup(case.seed), case.what
    scenario.apply(setup, "design", case.severity)
    setup.build()
    scenario.apply(setup, "start", case.severity)
    onset, raw = scenario.onset(setup.steps), folder / f"{case.name}.jsonl"
    raw.unlink(missing_ok=True)
    started = time.process_time()

    def at(step: int) -> None:
        if step == onset:
            scenario.apply(setup, "onset", case.severity)

    done = setup.run(raw, at)
    seconds = time.process_time() - started
    keep(folder, Run(case, raw, setup.steps, onset, seconds, tuple(done.outcomes), done.stopped))


def plan(folder: Path, wanted: Sequence[Case]) -> str:
    """How long all of it takes, from one healthy run of each program, which are kept."""
    first = [case for case in wanted if case.is_healthy and case.seed == 0]
    record_all(folder, first, 1)
    seconds = {case.program: load_run(folder / f"{case.name}.json").seconds for case in first}
    lines = ["| program | runs | seconds a run | minutes |", "|---|---|---|---|"]
    total = 0.0
    for program, each in seconds.items():
        count = sum(case.program == program for case in wanted)
        total += each * count / 60
        lines.append(f"| {program} | {count} | {each:.2f} | {each * count / 60:.1f} |")
    left = sum(not is_recorded(folder, case) for case in wanted)
    return "\n".join([*lines, f"\n{len(wanted)} runs, {total:.0f} core-minutes in all; {left} runs are not made yet"])
