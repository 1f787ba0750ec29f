"""From recorded runs to the leaderboard."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks.detectors.board import Row, board_row, confusion_rows, scenario_rows, who_alarms
from benchmarks.detectors.labels import Labelled, labelled
from benchmarks.detectors.replays import replay_all
from benchmarks.detectors.store import load
from benchmarks.detectors.verdicts import Verdict, verdicts
from benchmarks.detectors.watchers import watchers
from benchmarks.machine import machine
from gancheck.system.files import write_text
from gancheck.version import version

HERE = Path(__file__).parent
RESULTS = HERE / "results"


def judge(folder: Path, with_: tuple[Path, ...], jobs: int) -> dict[str, list[Verdict]]:
    """What everything that watches said of every run."""
    runs = load(folder)
    labels, seen = labelled(runs), replay_all(runs, with_, jobs)
    return {name: verdicts(labels, seen[name], w.names) for name, w in watchers(with_).items()}


def write_results(found: dict[str, list[Verdict]], out: Path) -> list[Row]:
    """All tables and the summary; gives the board, best first."""
    out.mkdir(parents=True, exist_ok=True)
    board = sorted((board_row(name, v) for name, v in found.items()), key=lambda row: -(row["auroc"] or 0))
    write_csv(out / "detectors.csv", board)
    write_csv(out / "by_scenario.csv", [row for name, v in found.items() for row in scenario_rows(name, v)])
    write_csv(out / "confusion.csv", [row for name, v in found.items() for row in confusion_rows(name, v)])
    write_csv(out / "false_alarms.csv", [row for name, v in found.items() for row in who_alarms(name, v)])
    first = next(iter(found.values()))
    write_text(out / "summary.json", json.dumps(summary([v.what for v in first]), indent=1) + "\n")
    return board


def write_csv(path: Path, rows: Sequence[Row]) -> None:
    """A table."""
    pl.DataFrame(list(rows), infer_schema_length=None).write_csv(path)


def summary(labels: Sequence[Labelled]) -> dict[str, Any]:
    """What was judged, and where."""
    runs = [what.run for what in labels]
    return {
        "gancheck": version(),
        "machine": machine(),
        "runs": len(runs),
        "steps": sum(run.steps for run in runs),
        "core_minutes": round(sum(run.seconds for run in runs) / 60, 1),
        "labels": dict(Counter(what.label for what in labels)),
        "monitors_stopped": sum(bool(run.stopped) for run in runs),
        "harmless_but_worse": sum(what.label == "harmless" and what.harmed_at is not None for what in labels),
        "programs": dict(Counter(run.case.program for run in runs)),
        "scenarios": len({run.case.scenario for run in runs}),
    }
