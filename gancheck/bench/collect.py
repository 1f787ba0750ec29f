"""From the store to the board: runs of one grid as results, those that are not there as missing."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from gancheck.bench.leaderboard import Leaderboard
from gancheck.bench.run_result import RESOURCES, RunResult
from gancheck.bench.run_spec import RunSpec
from gancheck.bench.store import Run
from gancheck.plugins.parameters import parse_call
from gancheck.plugins.registry import Registry
from gancheck.strategies.untreated import UNTREATED
from gancheck.system.counts import choose_verb, say_count


def run_result(run: Run) -> RunResult:
    """One run as the board sees it."""
    spec, ended = run.spec, run.outcome
    return RunResult(
        recipe=spec.recipe,
        task=spec.task,
        seed=spec.seed,
        status=ended["status"],
        values=run.last("value"),
        real=run.last("real"),
        seconds=ended["seconds"] if ended["status"] != "skipped" else None,
        cpu_seconds=cpu_seconds(run),
        modes=ended["modes"],
        kind=ended["table"],
        reason=ended["reason"],
        yardsticks=run.yardsticks(),
        own_loop=trains_itself(spec),
        alarms=tuple(run.alarms()) if ended["status"] != "skipped" else None,
        state=ended.get("state"),  # runs of version 0.1 have none
        precision=precision_of(spec),
        modes_by_step=modes_by_step(run),
        resources={name: ended.get(name) for name in RESOURCES},
        **ladder_place(spec),
    )


def modes_by_step(run: Run) -> dict[int, float]:
    """Share of the modes held at every evaluation that counted them."""
    counted = [row for row in run.rows if row["kind"] == "value" and row["metric"] == "modes"]
    total = run.outcome["modes"]
    return {row["step"]: row["value"] / total for row in counted if total and row["value"] is not None}


def precision_of(spec: RunSpec) -> str:
    """In which products were computed in training; specs leave float32 out."""
    return str(spec.training.settings.get("precision", "float32"))


def trains_itself(spec: RunSpec) -> bool:
    """Whether the model has a training loop of its own, so that no strategy can treat it."""
    return spec.training.path == "own-loop"


def cpu_seconds(run: Run) -> float | None:
    """CPU time of training; on a GPU the wall clock counts, as its work is not in the CPU's time."""
    on_cpu = run.spec.training.device == "cpu" and run.outcome["status"] != "skipped"
    return run.outcome.get("cpu_seconds") or None if on_cpu else None  # runs of version 0.1 have none


def protocol_of(run: Run) -> tuple[object, ...]:
    """What two runs must share to stand on one board, apart from recipe and seed."""
    training, evaluation = run.spec.training, run.spec.evaluation
    trained = (training.engine, training.torch, training.device, training.dataset, training.gan)
    return (
        *trained,
        training.start,
        training.settings,
        training.budget,
        evaluation.evaluation,
        evaluation.samples,
        evaluation.data,
    )


def ladder_place(spec: RunSpec) -> dict[str, Any]:
    """Where the task stands on a ladder, as a result's fields."""
    return {} if spec.ladder is None else {"knob": spec.ladder.knob, "level": spec.ladder.level}


def make_leaderboard(
    results: Iterable[RunResult], registry: Registry, suite: str, version: str, date: str, base: str = UNTREATED
) -> Leaderboard:
    """The board of these results; `base` is the recipe to which gains and costs refer."""
    held = list(results)
    known = registry.table("metric")
    labels = dict.fromkeys((*known, *sorted({label for result in held for label in result.values})))
    names = {label: parse_call(label)[0] for label in labels}
    facts = {label: known[name].info.properties for label, name in names.items() if name in known}
    better = {name: fact["better"] for name, fact in facts.items()}
    ranges = {name: bounds(fact["low"], fact["high"]) for name, fact in facts.items()}
    detectors = registry.table("detector").items()
    collapse = frozenset(name for name, entry in detectors if entry.info.properties["family"] == "collapse")
    return Leaderboard(held, suite, version, better, ranges, base, date, collapse=collapse)


def bounds(low: float | None, high: float | None) -> tuple[float, float]:
    """A metric's declared range; what is not declared is not bounded."""
    return -math.inf if low is None else low, math.inf if high is None else high


def comparable_runs(held: Sequence[Run]) -> list[Run]:
    """The runs of a folder that stand on one board, in any order of the recipes.

    Where it holds something twice, after a plug-in, a metric or the protocol of a task was changed, what comes later
    counts, and the earlier is left out with all its seeds.
    """
    protocols = {run.spec.task: protocol_of(run) for run in held}
    recipes = {run.spec.recipe: run.spec.training.recipe for run in held}
    metrics = {name: code for run in held for name, code in run.spec.evaluation.metrics.items()}

    def counts(run: Run) -> bool:
        spec = run.spec
        measured = all(metrics[name] == code for name, code in spec.evaluation.metrics.items())
        return measured and protocol_of(run) == protocols[spec.task] and spec.training.recipe == recipes[spec.recipe]

    return list({run.spec.place: run for run in held if counts(run)}.values())


def say_outdated(held: Sequence[Run], tasks: Sequence[str], where: Path) -> tuple[str, ...]:
    """A line where places of the suite are empty now, as all of their runs are older than a change."""
    places = {run.spec.place for run in suite_runs(held, tasks)}
    count = len(places - {run.spec.place for run in comparable_runs(held)})
    verb = choose_verb(count, "is", "are")
    what = (
        f"{say_count(count, 'run')} in {where} {verb} of other code or another protocol than later ones, and left out"
    )
    return (f"{what}: gancheck run makes anew those that the suite asks for.",) if count else ()


def suite_runs(runs: Sequence[Run], tasks: Sequence[str]) -> list[Run]:
    """The runs on the suite's own tasks; all of them where there is none, or where a folder does not say which."""
    return [run for run in runs if run.spec.task in tasks] or list(runs)


def missing_result(spec: RunSpec) -> RunResult:
    """A run that was planned and is not there."""
    nothing, reason = dict[str, float | None](), "not run yet"
    facts = {"reason": reason, "own_loop": trains_itself(spec), "precision": precision_of(spec), **ladder_place(spec)}
    return RunResult(spec.recipe, spec.task, spec.seed, "missing", nothing, nothing, None, **facts)


def newest_date(folder: Path) -> str:
    """The day on which the folder's newest run was written; empty where there is none."""
    newest = max((path.stat().st_mtime for path in folder.glob("*.jsonl")), default=None)
    return "" if newest is None else datetime.datetime.fromtimestamp(newest, datetime.UTC).date().isoformat()
