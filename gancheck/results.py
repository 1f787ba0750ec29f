"""From the store to the board: runs of one grid as results, those that are not there as missing."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable, Sequence
from pathlib import Path

from gancheck.board import Board
from gancheck.catalogue import Catalogue
from gancheck.result import Result
from gancheck.store import Row, Run


def result(run: Run) -> Result:
    """One run as the board sees it."""
    spec, ended = run.spec, run.outcome
    return Result(
        recipe=spec["recipe"],
        task=spec["task"],
        seed=spec["training"]["seed"],
        status=ended["status"],
        values=run.last("value"),
        real=run.last("real"),
        seconds=ended["seconds"] if ended["status"] != "skipped" else None,
        cpu_seconds=cpu_seconds(run),
        modes=ended["modes"],
        kind=ended["table"],
        reason=ended["reason"],
        yardsticks=run.yardsticks(),
        **spec.get("ladder", {}),
    )


def cpu_seconds(run: Run) -> float | None:
    """CPU time of training; on a GPU the wall clock counts, as its work is not in the CPU's time."""
    on_cpu = run.spec["training"]["device"] == "cpu" and run.outcome["status"] != "skipped"
    return run.outcome.get("cpu_seconds") or None if on_cpu else None  # runs of version 0.1 have none


def protocol(run: Run) -> tuple[object, ...]:
    """What two runs must share to stand on one board, apart from recipe and seed."""
    training = run.spec["training"]
    measured = {k: v for k, v in run.spec["evaluation"].items() if k != "metrics"}
    same = ("engine", "torch", "device", "dataset", "gan", "settings", "budget")
    return (repr(sorted(measured.items())), repr([training[k] for k in same]))


def board(results: Iterable[Result], catalogue: Catalogue, suite: str, version: str, date: str) -> Board:
    """The board of these results."""
    facts = {name: catalogue.entry("metric", name).card.facts for name in catalogue.names("metric")}
    better = {name: fact["better"] for name, fact in facts.items()}
    ranges = {name: bounds(fact["low"], fact["high"]) for name, fact in facts.items()}
    return Board(list(results), suite, version, better, ranges, date=date)


def bounds(low: float | None, high: float | None) -> tuple[float, float]:
    """A metric's declared range; what is not declared is not bounded."""
    return -math.inf if low is None else low, math.inf if high is None else high


def comparable(held: Sequence[Run], chosen: Sequence[Run]) -> list[Run]:
    """The chosen runs, and those that the folder holds on the same tasks and seeds under the same protocol.

    So a strategy that is run alone is ranked beside those that were run before. Where the folder holds something twice,
    after a plug-in was changed, the newer counts, and the older is left out with all its seeds.
    """
    both = [*held, *chosen]
    grid = {(run.spec["task"], run.spec["training"]["seed"]) for run in chosen}
    protocols = {run.spec["task"]: protocol(run) for run in chosen}
    recipes = {run.spec["recipe"]: strategies(run) for run in both}
    fair = (run for run in both if cell(run)[::2] in grid and protocol(run) == protocols[run.spec["task"]])
    return list({cell(run): run for run in fair if strategies(run) == recipes[run.spec["recipe"]]}.values())


def strategies(run: Run) -> object:
    """The strategies of a run, with parameters and sources."""
    return run.spec["training"]["recipe"]


def cell(run: Run) -> tuple[str, str, int]:
    """Where a run stands in the grid."""
    return run.spec["task"], run.spec["recipe"], run.spec["training"]["seed"]


def missing(spec: Row) -> Result:
    """A run that was planned and is not there."""
    seed, nothing = spec["training"]["seed"], dict[str, float | None]()
    where = spec.get("ladder", {})
    return Result(spec["recipe"], spec["task"], seed, "missing", nothing, nothing, None, reason="not run yet", **where)


def newest_date(folder: Path) -> str:
    """The day on which the folder's newest run was written; empty where there is none."""
    newest = max((path.stat().st_mtime for path in folder.glob("*.jsonl")), default=None)
    return "" if newest is None else datetime.datetime.fromtimestamp(newest, datetime.UTC).date().isoformat()
