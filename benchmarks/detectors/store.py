"""Recorded runs in a folder: a trace of signals, and beside it what no detector sees."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.detectors.case import Case
from benchmarks.detectors.programs.base import Outcome
from gancheck.detectors.observation import Observation, plain
from gancheck.errors import BadData


@dataclass(frozen=True)
class Run:
    """What is known of a recorded run."""

    case: Case
    trace: Path
    steps: int
    onset: int  #: the first step that is wrong; 1 where nothing is
    seconds: float
    outcomes: tuple[tuple[int, Outcome], ...]  #: by step
    stopped: str = ""  #: why the monitor stopped measuring; empty where it did not

    def observations(self) -> Iterator[Observation]:
        """The steps of the trace."""
        with gzip.open(self.trace, "rt", encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                if "step" in row:
                    yield Observation.from_row(row)


def is_recorded(folder: Path, case: Case) -> bool:
    """Whether a run is there already, whole."""
    return (folder / f"{case.name}.json").is_file()


def keep(folder: Path, run: Run) -> None:
    """Compress the trace and write the facts last: a run that was cut off is not there."""
    packed = folder / f"{run.case.name}.jsonl.gz"
    packed.write_bytes(gzip.compress(run.trace.read_bytes(), 6, mtime=0))
    run.trace.unlink()
    outcomes = [[step, {name: plain(v) for name, v in outcome.items()}] for step, outcome in run.outcomes]
    facts = {
        "case": asdict(run.case),
        "steps": run.steps,
        "onset": run.onset,
        "seconds": run.seconds,
        "stopped": run.stopped,
    }
    path = folder / f"{run.case.name}.json"
    path.with_suffix(".part").write_text(json.dumps({**facts, "outcomes": outcomes}), encoding="utf-8")
    os.replace(path.with_suffix(".part"), path)


def load(folder: Path) -> list[Run]:
    """All runs of a folder, in order; BadData where there are none."""
    runs = sorted((load_run(path) for path in folder.glob("*.json")), key=lambda run: run.case)
    if not runs:
        raise BadData(
            f"{folder}: no recorded runs; make them with python -m benchmarks.detectors record --out {folder}"
        )
    return runs


def load_run(path: Path) -> Run:
    """One run's facts."""
    facts = json.loads(path.read_text(encoding="utf-8"))
    outcomes = tuple((step, {name: float(v) for name, v in outcome.items()}) for step, outcome in facts["outcomes"])
    trace, numbers = path.with_suffix(".jsonl.gz"), (facts["steps"], facts["onset"], facts["seconds"])
    return Run(Case(**facts["case"]), trace, *numbers, outcomes, facts["stopped"])
