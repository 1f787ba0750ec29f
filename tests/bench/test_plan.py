"""Plans: what would be done is known and shown, and nothing is done."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from gancheck.bench import plan as planning
from gancheck.bench.execution.local import LocalExecutor
from gancheck.bench.plan import COMPILE_SECONDS, COMPILED_GAIN, TRIAL, Plan, trial
from gancheck.bench.run import execute
from gancheck.plugins.registry import Registry
from gancheck.report.text.plan import show
from gancheck.strategies.costs import measured_costs

SUITE = """\
version = "1"
about = "a ring [for tests]"
recipes = ["none", "lsgan", "minibatch-std"]
seeds = 4
block = 2
budget = { steps = 6000, evaluations = 2 }
training = { batch = 16 }
evaluation = { samples = 200, metrics = ["score", "modes"] }
task = [
  { dataset = "ring(sigma=0.1)", gan = { name = "mlp", width = 8 } },
  { dataset = "grid(side=2)", gan = "odd" },
]
"""
GANS = """\
from dataclasses import dataclass
from torch import nn
import gancheck as gc


class Classifier(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.layer = nn.Linear(size, 1)

    def forward(self, x):
        return self.layer(x)


@gc.gan("odd")
@dataclass(frozen=True)
class Odd(gc.Gan):
    def build(self, data):
        return gc.Players(nn.Linear(2, data.size), Classifier(data.size), gc.Latent(2))
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "mine.toml").write_text(SUITE)
    (tmp_path / "odd.py").write_text(GANS)
    return tmp_path


def made(place: Path, *only: str, **how: Any) -> Plan:
    """The plan of the suite, or of a part of it."""
    return Plan.make(place / "mine.toml", [place / "odd.py"], only, out=place / "runs", device="cpu", **how)


def planned(place: Path, *only: str, workers: int = 1, **how: Any) -> str:
    """What `--plan` prints."""
    screen = io.StringIO()
    show(made(place, *only, **how), LocalExecutor(workers, 1), Console(file=screen, width=120, markup=False))
    return screen.getvalue()


def test_a_plan_shows_the_grid_and_writes_nothing(place: Path) -> None:
    before = sorted(place.rglob("*"))
    shown = planned(place)
    assert sorted(place.rglob("*")) == before
    assert "mine, version 1: a ring [for tests]" in shown
    assert re.search(r"^recipe +ring/mlp +grid/odd", shown, re.MULTILINE)
    assert re.search(r"^none +4 seeds +4 seeds", shown, re.MULTILINE)
    assert "24 runs in 12 cells of 2 seeds, 0 cached, 12 cells to do" in shown
    assert f"results go to {place / 'runs'}" in shown.replace("\n", "")


def test_a_recipe_that_will_be_skipped_is_shown_with_the_reason(place: Path) -> None:
    assert re.search(r"minibatch-std +4 seeds +skipped: minibatch-std: needs a", planned(place))


def test_what_is_there_is_counted_as_cached(place: Path) -> None:
    only = ("strategy=none", "dataset=ring")
    execute(made(place, *only, seeds=2, steps=4), LocalExecutor(1, 1))
    shown = planned(place, steps=4)
    assert re.search(r"^none +2 of 4 cached +4 seeds", shown, re.MULTILINE)
    assert "24 runs in 12 cells of 2 seeds, 2 cached, 11 cells to do" in shown
    execute(made(place, *only, seeds=4, steps=4), LocalExecutor(1, 1))
    shown = planned(place, *only, steps=4)
    assert "4 cached, 0 cells to do" in shown
    assert "min of training" not in shown


def minutes(shown: str) -> int:
    found = re.search(rf"about (\d+) min of training with (\d+) workers?, a guess from {TRIAL} steps per task", shown)
    assert found
    return int(found[1])


def test_the_estimate_grows_with_steps_and_falls_with_workers(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "trial", lambda setup, registry: 0.01)
    only = ("strategy=none", "dataset=ring")  # two cells of 6,000 steps at 10 ms, too short to be compiled
    assert minutes(planned(place, *only, workers=1)) == 2
    long = (2 * 600 / COMPILED_GAIN + COMPILE_SECONDS) / 60  # one graph for both
    assert minutes(planned(place, *only, workers=1, steps=60_000)) == round(long)
    assert minutes(planned(place, *only, workers=2, steps=60_000)) == round(long / 2)


def test_the_estimate_knows_what_strategies_cost(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "trial", lambda setup, registry: 0.01)
    cost = measured_costs()["unrolled"]["seconds"]
    assert cost > 3
    shown = planned(place, "strategy=unrolled", "dataset=ring", workers=1, steps=1_000)
    assert minutes(shown) == round(cost * 2 * 10 / 60)


def test_a_trial_takes_as_long_as_its_steps(place: Path) -> None:
    plan = made(place, "strategy=none")
    assert 0 < trial(plan.setups[0], plan.registry) < 1


@pytest.mark.parametrize("error", ["KeyError('x')", "TypeError('x')", "RuntimeError('x')"])
def test_a_plug_in_that_raises_does_not_stop_the_plan(place: Path, error: str) -> None:
    raising = GANS.replace("return self.layer(x)", f"raise {error}")
    (place / "odd.py").write_text(raising)
    assert "about 0 min" in planned(place, "gan=odd", "strategy=none")


def test_a_plan_knows_what_is_there_and_what_is_to_be_done(place: Path) -> None:
    only = ("strategy=none,lsgan", "dataset=ring")
    assert execute(made(place, *only, seeds=2, steps=4), LocalExecutor(1, 1)).counts == {"done": 4}
    plan = made(place, *only, steps=4)
    assert [plan.kept(job) for job in plan.jobs] == [2, 2, 0, 0]
    assert plan.todo == plan.jobs[2:]
    assert made(place, *only, steps=4, force=True).todo == [replace(job, force=True) for job in plan.jobs]
    plan.store.path(plan.jobs[0].specs[1].run_id).unlink()
    assert plan.todo == [plan.jobs[0], *plan.jobs[2:]]


def test_a_model_with_a_loop_of_its_own_is_not_tried(place: Path) -> None:
    (place / "odd.py").write_text(f"{GANS}\n    def train(self, session):\n        raise NotImplementedError\n")
    own = made(place, "gan=odd", "strategy=none", seeds=2, steps=4).setups[0]
    assert trial(own, Registry.load()) == 0


def test_all_cells_of_a_task_share_its_dataset_and_its_gan(place: Path) -> None:
    plan = made(place)
    for task in plan.suite.tasks:
        setups = [s for job, s in zip(plan.jobs, plan.setups, strict=True) if job.cell.task == task]
        assert len(setups) == 6
        assert len({id(s.dataset) for s in setups}) == len({id(s.gan) for s in setups}) == 1
