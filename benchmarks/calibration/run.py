"""The untreated GAN on a suite's tasks: seeds that are never ranked, twice the steps."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.calibration.rule import Clause, Judgement, Seed, turnover
from gancheck.bench.execution.local import LocalExecutor
from gancheck.bench.plan import Plan
from gancheck.bench.run import execute
from gancheck.bench.store import Run
from gancheck.bench.suite import Suite
from gancheck.bench.suite_file import load_suite
from gancheck.bench.task import Task
from gancheck.errors import BadSuite
from gancheck.plugins.parameters import build
from gancheck.plugins.registry import Registry
from gancheck.system.digest import digest

HERE = Path(__file__).parent
NEVER_RANKED = 1_000  #: the first seed that no suite ranks
COUNTS: dict[Clause, str] = {"lost": "modes", "travelling": "modes", "argmax": "modes-argmax"}
UNFINISHED = Seed(held=1.0, held_twice=1.0, quality=0.0, most=math.inf, turnover=0.0)
METRICS = ("modes", "modes-any", "modes-argmax", "effective-modes", "quality")


@dataclass(frozen=True)
class Calibration:
    """One file of this folder."""

    suite: str
    first_seed: int  #: 1,000 or more
    seeds: int = 10
    clause: dict[str, Clause] = field(default_factory=dict)  #: of tasks that enter by another clause than "lost"
    seen: str = ""  #: what was looked at before these seeds, in words

    def __post_init__(self) -> None:
        if self.first_seed < NEVER_RANKED:
            raise BadSuite(f"first_seed = {self.first_seed}: seeds under {NEVER_RANKED} are ranked")

    @classmethod
    def load(cls, name: str) -> Calibration:
        """Read it by the suite's name."""
        path = HERE / f"{name}.toml"
        if not path.exists():
            known = ", ".join(sorted(p.stem for p in HERE.glob("*.toml")))
            raise BadSuite(f"suite '{name}' has no calibration; there are {known}")
        return build(cls, tomllib.loads(path.read_text(encoding="utf-8")), path.name)

    def doubled(self, registry: Registry) -> Suite:
        """The suite with the untreated GAN alone, on these seeds, at twice the steps and as many evaluations again."""
        ranked = load_suite(self.suite, registry)
        return replace(
            ranked,
            version=f"{ranked.version}+calibration",
            tasks=tuple(map(twice, ranked.tasks)),
            recipes=("none",),
            seeds=self.seeds,
            first_seed=self.first_seed,
        )


def twice(task: Task) -> Task:
    """A task at twice the steps; the first half is the suite's own run, as learning rates are constant."""
    if any(o.schedule != "constant" for o in (task.settings.default, *task.settings.players.values())):
        raise BadSuite(
            f"task '{task.name}': a schedule of learning rates ends with the run, so twice the steps is another"
        )
    budget = replace(task.budget, steps=2 * task.budget.steps, evaluations=2 * task.budget.evaluations)
    return replace(task, budget=budget, protocol=replace(task.protocol, metrics=METRICS))


def apply_rule(calibration: Calibration, registry: Registry) -> list[Judgement]:
    """Train what is not trained yet, and apply the rule to every task."""
    suite = calibration.doubled(registry)
    plan = Plan.of(suite, registry, out=Path("runs") / "calibration" / f"{suite.name}-{suite.version}", device="cpu")
    execute(plan, LocalExecutor.of("cpu", len(plan.todo)))
    return [
        Judgement(task.label, clause, tuple(seeds(plan, task, clause)))
        for task in suite.tasks
        for clause in [calibration.clause.get(task.name, "lost")]
    ]


def seeds(plan: Plan, task: Task, clause: Clause) -> Iterator[Seed]:
    """The measures of every seed of a task; one that did not finish breaks every part of the rule."""
    for spec in (s for job in plan.jobs if job.cell.task == task for s in job.specs):
        run = plan.store.read(spec.run_id)
        finished = run is not None and run.outcome["status"] == "done"
        yield measure(run, task, clause) if run is not None and finished else UNFINISHED


def measure(run: Run, task: Task, clause: Clause) -> Seed:
    """One seed, from its evaluations."""
    rows: dict[tuple[str, int], dict[str, Any]] = {
        (r["metric"], r["step"]): r for r in run.rows if r["kind"] == "value"
    }
    middle, end, count = task.budget.points[task.budget.evaluations // 2 - 1], task.budget.steps, COUNTS[clause]

    def value(metric: str, step: int) -> float:
        return float(rows[metric, step]["value"] or 0)

    return Seed(
        held=value(count, middle) / run.outcome["modes"],
        held_twice=value(count, end) / run.outcome["modes"],
        quality=value("quality", middle) / rows["quality", middle]["real"],
        most=max(value("modes", step) for step in task.budget.points),
        turnover=turnover([np.array(row["counts"], float) for _, row in sorted(run.mode_counts().items())]),
    )


def fingerprint(suite: Suite) -> str:
    """Of all that a suite says of its tasks' data, GANs and training; a test compares it with the committed figures."""
    return digest([describe_task(task) for task in suite.tasks if not task.yardstick])


def describe_task(task: Task) -> dict[str, Any]:
    """What a task says, without what is left as it was before there was such a choice."""
    found = {
        k: v for k, v in asdict(task).items() if k not in ("protocol", "title", "yardstick") and (k != "start" or v)
    }
    if found["settings"]["precision"] == "float32":
        del found["settings"]["precision"]
    if not found["budget"]["memory"]:
        del found["budget"]["memory"]
    return found
