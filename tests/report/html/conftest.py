"""A results folder made by hand: two tasks, three strategies of which one has a hostile name, and two seeds.

Nothing is trained: generators keep the weights that they were built with.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import gancheck as gc
from gancheck.bench.kept_setup import rebuild_setup
from gancheck.bench.run_spec import EvaluationSpec, PluginRecord, RunSpec, SuiteId, TrainingSpec
from gancheck.bench.store import Run, Store
from gancheck.gans.state import Kept
from gancheck.report.html.report import Report
from gancheck.training.record import TrainingRecord
from gancheck.training.replicas import build_networks

HOSTILE = "</script><script>alert(1)</script>"
RECIPES = ("none", "r1", HOSTILE)
STEPS = (10, 20)
TASKS = {"ring/mlp": ("ring", {"modes": 4, "sigma": 0.1}, 4), "digits/mlp": ("digits", {}, 10)}


def plugin(registry: gc.Registry, kind: str, name: str, **values: Any) -> PluginRecord:
    """A plug-in as a spec records it; one that does not exist has no code."""
    known = name in registry.names(kind)
    return PluginRecord(name, values, registry.entry(kind, name).source if known else "gone")


def spec_of(registry: gc.Registry, task: str, recipe: str, seed: int) -> RunSpec:
    """The spec of one run."""
    name, values, _ = TASKS[task]
    parts = ["none"] if recipe == "none" else ["none", recipe]
    training = TrainingSpec(
        engine=3,
        torch="2.13.0",
        device="cpu",
        path="stacked-traced",
        dataset=plugin(registry, "dataset", name, **values),
        gan=plugin(registry, "gan", "mlp", width=8, latent=4),
        recipe=[plugin(registry, "strategy", part) for part in parts],
        settings={"batch": 16},
        budget={"steps": 20, "evaluations": 2},
        block=[0, 1],
        seed=seed,
    )
    evaluation = EvaluationSpec(2, 100, {"modes": "m"}, {})
    place = {"suite": SuiteId("mine", "1+steps=20"), "task": task, "recipe": recipe}
    return RunSpec(**place, training=training, evaluation=evaluation).with_ids()


def run_of(spec: RunSpec) -> Run:
    """Half of the modes at the last evaluation, all of them under r1; the hostile strategy's second seed diverged."""
    total = TASKS[spec.task][2]
    held = {10: total, 20: total if spec.recipe == "r1" else 1}
    rows: list[dict[str, Any]] = []
    for step in STEPS:
        values = {"modes": held[step], "quality": 0.9, "score": held[step] / total, "spread": 0.9}
        rows += [{"kind": "value", "metric": m, "value": v, "real": 1.0, "step": step} for m, v in values.items()]
        counts = [100 // total if k < held[step] else 0 for k in range(total)]
        rows.append({"kind": "modes", "step": step, "samples": 100, "counts": counts})
    alarm = {"detector": "diversity-drop", "severity": "warning", "statistic": 1.0, "threshold": 0.5}
    rows.append({"kind": "alarm", "step": 12, "evidence": "<b>fell</b>", "where": "", "part_of": "", **alarm})
    lost = spec.recipe == HOSTILE and spec.seed == 1
    ended = (
        {"status": "diverged", "reason": "<img src=x> left the numbers"} if lost else {"status": "done", "reason": ""}
    )
    spent = {"seconds": 2.0, "cpu_seconds": 3.0 if spec.recipe == "r1" else 2.0, "threads": 1, "path": "stacked-traced"}
    return Run(spec, [] if lost else rows, {**ended, **spent, "modes": total, "table": "trained", "state": "settled"})


def keep_weights(store: Store, spec: RunSpec, registry: gc.Registry) -> None:
    """A generator as it was built, at both evaluations."""
    networks = build_networks(rebuild_setup(spec, registry))
    kept = Kept({"generator": dict(networks.modules["generator"].state_dict())})
    TrainingRecord(spec.seed, snapshots=dict.fromkeys(STEPS, kept)).save(store.weights(spec.training_id), {})


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory, registry: gc.Registry) -> Path:
    """The results folder."""
    store = Store(tmp_path_factory.mktemp("report") / "runs")
    store.claim("mine", "1+steps=20", list(TASKS))
    for spec in (spec_of(registry, task, r, seed) for task in TASKS for r in RECIPES for seed in (0, 1)):
        store.commit(run_of(spec))
        if spec.recipe != HOSTILE:
            keep_weights(store, spec, registry)
    return store.folder


@pytest.fixture(scope="session")
def page(folder: Path, registry: gc.Registry) -> Path:
    """Its report."""
    return Report.of(folder, registry).write(folder / "report.html")
