"""The pictures of a results folder: every one that the runs allow, of the median seed, and never in the way."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gancheck.bench.execution.local import LocalExecutor
from gancheck.bench.leaderboard import Leaderboard
from gancheck.bench.plan import Plan
from gancheck.bench.run import RunOutcome, execute
from gancheck.bench.store import Run, Store
from gancheck.plugins.registry import Registry
from gancheck.report.plots import bench
from gancheck.report.plots.bench import curve, draw
from gancheck.report.plots.bench_samples import median, redraw
from gancheck.report.plots.labels import fit_labels

SUITE = """\
version = "1"
recipes = ["none", "r1"]
seeds = 3
block = 3
budget = { steps = 4, evaluations = 2 }
evaluation = { samples = 300, metrics = ["score", "modes", "fid"] }
task = [
  { dataset = "ring(sigma=0.1)", gan = "own" },
  { dataset = "digits", gan = "own" },
  { dataset = "random-mixture(dims=5)", gan = "own", name = "far/away" },
]
"""
#: Seed 0 is nowhere near the data, seed 1 is, and seed 2 is half there: it is the median.
GAN = """\
from dataclasses import dataclass
import torch
from torch import nn
import gancheck as gc


@gc.gan("own")
@dataclass(frozen=True)
class Own(gc.Model):
    def build(self, data):
        return gc.Networks(nn.Sequential(nn.Linear(2, data.size), nn.Unflatten(1, data.shape)), gc.Latent(2))

    def train(self, session):
        layer = session.modules["generator"][0]
        with torch.no_grad():
            layer.weight.zero_()
            layer.weight[:2] = {0: 9.0, 1: 0.0, 2: 0.15}[session.seed] * torch.eye(2)
            layer.bias.zero_()
            layer.bias[0] = 1.0
        for _ in session.steps():
            pass
"""


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """A plan that has been done, pictures included."""
    folder = tmp_path_factory.mktemp("pictures")
    (folder / "mine.toml").write_text(SUITE)
    (folder / "own.py").write_text(GAN)
    made = Plan.make(folder / "mine.toml", [folder / "own.py"], out=folder / "runs", device="cpu")
    assert str(drawn(made)).startswith("9 done, 0 failed, 9 skipped")
    return made


def drawn(plan: Plan) -> RunOutcome:
    """Do what is planned, and draw it."""
    outcome = execute(plan, LocalExecutor(1, 1))
    draw(plan.jobs, plan.registry, plan.store, outcome.board, outcome.runs, plan.store.folder)
    return outcome


def elsewhere(plan: Plan, folder: Path) -> Plan:
    """The same plan for a copy of its folder, without pictures."""
    shutil.copytree(plan.store.folder, folder, ignore=shutil.ignore_patterns("*.png"))
    return replace(plan, jobs=[replace(job, folder=folder) for job in plan.jobs], store=Store(folder))


def runs(plan: Plan, recipe: str = "none", task: str = "ring/own") -> list[Run]:
    found = [run for run in plan.store.runs() if (run.spec.recipe, run.spec.task) == (recipe, task)]
    return sorted(found, key=lambda run: run.spec.seed)


def test_every_picture_that_the_runs_allow_is_there(plan: Plan) -> None:
    names = {path.name for path in plan.store.folder.glob("*.png")}
    boards = {"modes-quality.png", "ranking.png", "modes.png", "curves.png"}
    assert names == {*boards, "samples-ring-own.png", "samples-digits-own.png"}  # 5-D has none, and nothing is climbed
    assert all(path.stat().st_size > 5_000 for path in plan.store.folder.glob("*.png"))


def test_the_same_runs_draw_the_same_bytes(plan: Plan, tmp_path: Path) -> None:
    before = {path.name: path.read_bytes() for path in plan.store.folder.glob("*.png")}
    drawn(elsewhere(plan, tmp_path / "runs"))
    assert {path.name: path.read_bytes() for path in (tmp_path / "runs").glob("*.png")} == before


def test_names_that_are_shortened_change_no_picture_that_there_is(
    plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench, "fit_labels", lambda names: fit_labels(names, room=3))
    drawn(elsewhere(plan, tmp_path / "runs"))
    pictures = {path.name: path.read_bytes() for path in (tmp_path / "runs").glob("*.png")}
    before = {path.name: path.read_bytes() for path in plan.store.folder.glob("*.png")}
    assert pictures.keys() == before.keys()
    assert all(pictures[name] != before[name] for name in pictures)  # "n…e" stands in each of them


def test_the_median_seed_is_shown_and_nothing_is_picked(plan: Plan) -> None:
    modes, scores = ([r.last("value")[name] or 0.0 for r in runs(plan)] for name in ("modes", "score"))
    job = next(j for j in plan.jobs if (j.cell.recipe, j.cell.task.label) == ("none", "ring/own"))
    found = median(job, plan.store.runs())
    assert found is not None
    assert (found.last("value")["modes"], found.last("value")["score"]) == sorted(zip(modes, scores, strict=True))[1]


def test_a_recipe_without_a_finished_run_has_no_median(plan: Plan) -> None:
    job = next(j for j in plan.jobs if j.cell.recipe == "r1")
    assert median(job, plan.store.runs()) is None


def test_what_is_drawn_is_what_was_measured(plan: Plan) -> None:
    job = plan.jobs[0]
    run = runs(plan)[2]
    points = redraw(run, job, plan.registry, plan.store)
    assert points is not None
    quality = job.cell.task.build_dataset(plan.registry).assign(points.double()).good.double().mean()
    again = redraw(run, job, Registry.load(job.plugins), plan.store)
    assert again is not None
    assert points.equal(again)
    assert 0 < float(quality) < 1


def test_lost_weights_cost_a_picture_and_nothing_else(
    plan: Plan, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Those of the ring are cut short, which is said; all others are gone, as they may be."""
    folder = tmp_path / "runs"
    copied = elsewhere(plan, folder)
    ring = {run.spec.training_id for run in runs(plan)}
    for path in folder.glob("*.safetensors"):
        path.write_bytes(path.read_bytes()[:50]) if path.stem in ring else path.unlink()
    assert str(drawn(copied)).startswith("0 done, 0 failed, 9 skipped, 9 cached")
    assert {path.name for path in folder.glob("*.png")} == {
        "modes-quality.png",
        "ranking.png",
        "modes.png",
        "curves.png",
    }
    said = capsys.readouterr().err
    assert said.count("gancheck: no picture of none: ") == 1


def test_a_run_that_ended_early_leaves_a_gap_in_the_curve(plan: Plan) -> None:
    spec = plan.specs[0]

    def run(*values: float | None) -> Run:
        rows = [{"kind": "value", "metric": "modes", "step": 10 * (i + 1), "value": v} for i, v in enumerate(values)]
        return Run(spec, rows, {})

    made = curve([run(8, 4, 2), run(8), run(None, 3, 1)])
    assert made.steps.tolist() == [10, 20, 30]
    assert np.array_equal(made.values, [[8, 4, 2], [8, np.nan, np.nan], [np.nan, 3, 1]], equal_nan=True)


def test_a_board_without_rows_draws_nothing(plan: Plan, tmp_path: Path) -> None:
    assert draw(plan.jobs, plan.registry, Store(tmp_path), Leaderboard([], "mine", "1", {}), [], tmp_path) == []
    assert list(tmp_path.iterdir()) == []
