"""Suites, plug-in files, and what `run` and `tune` leave in their folders."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.fuzz import forms
from benchmarks.fuzz.readers.base import Reader
from benchmarks.fuzz.structures import Form
from gancheck.bench.merged_folders import MergedFolders
from gancheck.bench.run_spec import EvaluationSpec, PluginRecord, RunSpec, SuiteId, TrainingSpec
from gancheck.bench.store import Run, Store, checksum, json_line
from gancheck.bench.suite_file import SuiteHeading, load_suite
from gancheck.bench.tuning.recipe_space import RecipeSpace
from gancheck.bench.tuning.study import RecipeStudy, open_journal
from gancheck.bench.tuning.track_comparison import read_tuned_recipes
from gancheck.cli.rank import leaderboard
from gancheck.plugins.registry import Registry
from gancheck.report.html.report import Report
from gancheck.system.digest import digest

SUITE = """name = "mine"
version = "1"
seeds = 2
block = 2
recipes = ["none", "r1(gamma=0.1)"]
[budget]
steps = 20
evaluations = 2
[training]
batch = 16
optimiser = { lr = 1e-3 }
[evaluation]
samples = 100
[[task]]
dataset = { name = "ring", modes = 4 }
gan = { name = "mlp", width = 8 }
"""
PLUGIN = '''"""A metric."""
from dataclasses import dataclass
import gancheck as gc

@gc.metric("zeros", better="lower", low=0.0)
def zeros(view):
    """Nothing."""
    return 0.0
'''
STEPS = (10, 20)


@cache
def registry() -> Registry:
    """Of what comes with gancheck."""
    return Registry.load()


def read_suite(path: Path) -> Any:
    """As `run` and `list` do."""
    return load_suite(path, registry()), SuiteHeading.read(path)


def spec_of(recipe: str, seed: int) -> RunSpec:
    """The spec of one run."""

    def record(kind: str, name: str, **values: Any) -> PluginRecord:
        return PluginRecord(name, values, registry().entry(kind, name).source)

    training = TrainingSpec(
        engine=3,
        torch="2.13.0",
        device="cpu",
        path="stacked-traced",
        dataset=record("dataset", "ring", modes=4),
        gan=record("gan", "mlp", width=8, latent=4),
        recipe=[record("strategy", name) for name in dict.fromkeys(("none", recipe))],
        settings={"batch": 16},
        budget={"steps": 20, "evaluations": 2},
        block=[0, 1],
        seed=seed,
    )
    place: dict[str, Any] = {"suite": SuiteId("mine", "1"), "task": "ring/mlp", "recipe": recipe}
    return RunSpec(**place, training=training, evaluation=EvaluationSpec(2, 100, {"modes": "m"}, {})).with_ids()


def run_of(spec: RunSpec) -> Run:
    """One run with a row of every kind."""
    rows: list[dict[str, Any]] = []
    for step in STEPS:
        values = {"modes": 3, "quality": 0.9, "score": 0.5, "spread": 0.9}
        rows += [{"kind": "value", "metric": m, "value": v, "real": 1.0, "step": step} for m, v in values.items()]
        rows.append({"kind": "modes", "step": step, "samples": 100, "counts": [50, 30, 20, 0]})
    rows.append({"kind": "yardstick", "name": "blanket", "metric": "modes", "value": 4.0})
    alarm = {"detector": "diversity-drop", "severity": "warning", "statistic": 1.0, "threshold": 0.5}
    rows.append({"kind": "alarm", "step": 12, "evidence": "fell", "where": "", "part_of": "", **alarm})
    ended = {"status": "done", "reason": "", "seconds": 2.0, "cpu_seconds": 2.0, "threads": 1, "path": "stacked"}
    return Run(spec, rows, {**ended, "modes": 4, "table": "trained", "state": "settled", "seconds_per_1000": 0.1})


def write_runs(folder: Path) -> Path:
    """Two strategies with two seeds; the path of the last run's file."""
    store = Store(folder)
    specs = [spec_of(recipe, seed) for recipe in ("none", "r1") for seed in (0, 1)]
    store.claim("mine", "1", ["ring/mlp"], [spec.run_id for spec in specs])
    for spec in specs:
        store.commit(run_of(spec))
    return store.path(specs[-1].run_id)


def write_run(path: Path) -> None:
    """Its file under another name, so that a case may change the id: `read_runs` names it by what it says."""
    write_runs(path.parent).rename(path)


def read_runs(path: Path) -> Any:
    """As `rank` and `report` do, of a folder in which a run's file has the name that its first line says."""
    first = path.read_bytes().partition(b"\n")[0]
    try:
        run_id = str(json.loads(first)["run_id"])
        path.rename(path.with_name(f"{run_id}.jsonl" if run_id.isalnum() and len(run_id) < 40 else "0.jsonl"))
    except (ValueError, KeyError, TypeError, RecursionError):
        path.rename(path.with_name("0.jsonl"))
    return read_folder(path)


def read_folder(path: Path) -> Any:
    """As `rank` and `report` do."""
    board = leaderboard(MergedFolders.read([path.parent]))
    return board.leaderboard(), board.summary(), Report.of(path.parent, registry()).page()


def seal_run(tree: Any) -> bytes:
    """With the ids and the checksum of what it holds now, as somebody who means harm would."""
    spec, *rows, outcome = tree
    facts = {key: value for key, value in spec.items() if key not in ("kind", "run_id")}
    ids = {"training_id": digest(facts["training"]), "run_id": digest({**facts, "training_id": ""} | {"run_id": ""})}
    try:
        known = RunSpec.read(facts).own_id()
        ids["run_id"] = known
    except Exception:  # refused later
        pass
    spec = {**spec, "run_id": ids["run_id"]}
    outcome = {key: value for key, value in outcome.items() if key != "checksum"}
    lines = [*map(json_line, (spec, *rows))]
    outcome["checksum"] = checksum([*lines, json_line(outcome)])
    return "\n".join([*lines, json_line(outcome)]).encode()


def write_journal(path: Path) -> None:
    """The trials of one recipe."""
    found = study(path)
    for value in (0.5, 0.25):
        trial = found.next_trial()
        assert trial is not None
        found.tell(trial, value, state="COMPLETE")


def study(path: Path) -> RecipeStudy:
    """As `tune` opens it."""
    space = RecipeSpace.of("r1", registry())
    return RecipeStudy.open(open_journal(path), "r1 tpe", space, 4, 1, "random", 0)


def read_journal(path: Path) -> Any:
    """What is known, the best of it, and the next trial."""
    found = study(path)
    trial = found.next_trial()
    return found.best, trial and found.space.label(trial.params, registry())


TUNING = "strategy,tuned\nr1,r1(gamma=1.0)\nnone,none\n"
RUN = Form(forms.parse_lines, seal_run)
RESULTS = (
    Reader("suite .toml", "mine.toml", lambda path: path.write_text(SUITE, "utf-8"), read_suite, forms.TOML),
    Reader("plug-in .py", "mine.py", lambda path: path.write_text(PLUGIN, "utf-8"), lambda path: Registry.load([path])),
    Reader("run .jsonl", "struck.jsonl", write_run, read_runs, RUN),
    Reader("suite.json of runs", "suite.json", lambda path: write_runs(path.parent), read_folder, forms.JSON),
    Reader("journal of tuning", "journal.log", write_journal, read_journal, forms.LINES),
    Reader("tuning.csv", "tuning.csv", lambda path: path.write_text(TUNING, "utf-8"), read_tuned_recipes, forms.TABLE),
)
