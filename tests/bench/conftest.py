"""What the tests of runs share: a small spec, and what a results folder holds."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import msgspec
import pytest

from gancheck.bench.run_spec import EvaluationSpec, PluginRecord, RunSpec, SuiteId, TrainingSpec
from gancheck.bench.store import Run, Store

#: Two tasks under two recipes, 8 runs in 4 cells.
SUITE = """\
version = "1"
recipes = ["none", "lsgan"]
seeds = 2
block = 2
budget = { steps = 12, evaluations = 2 }
training = { batch = 16 }
evaluation = { samples = 300, metrics = ["score", "modes", "quality", "spread", "diversity", "fid"] }
task = [
  { dataset = "ring(sigma=0.1)", gan = { name = "mlp", width = 8 } },
  { dataset = "grid(side=2)", gan = { name = "mlp", width = 8 } },
]
"""
HELPED = """\
from dataclasses import dataclass
from pathlib import Path
import gancheck as gc
from helper import weight

@gc.strategy("helped", family="regulariser")
@dataclass(frozen=True)
class Helped(gc.Strategy):
    def discriminator_loss(self, loss, game):
        extra = float(Path(__file__).with_name("extra.txt").read_text())
        return loss + (weight() + extra) * game.real_logits.square().mean()
"""
#: Parts of an outcome, and a column of the leaderboard, that depend on the clock or on the machine.
CLOCKS = (
    "seconds",
    "cpu_seconds",
    "evaluation_seconds",
    "sampling_seconds",
    "sampling_seconds_per_1000",
    "seconds_per_1000",
    "peak_memory",
    "threads",
    "cost_ratio",
)


@pytest.fixture(scope="session")
def run_spec() -> Callable[..., RunSpec]:
    """Makes a spec with its ids: `run_spec("r1", seed=3, source="b", device="cuda")`, where `source` is the strategy's
    `metrics` are the sources of metrics by name, and whatever else is named replaces a part of the training."""

    def make(
        recipe: str = "none",
        seed: int = 0,
        source: str = "a",
        task: str = "ring/mlp",
        metrics: Mapping[str, str] = MappingProxyType({"score": "s"}),
        **parts: Any,
    ) -> RunSpec:
        training = TrainingSpec(
            engine=1,
            torch="2.13.0",
            device="cpu",
            path="stacked-traced",
            dataset=PluginRecord("ring", {"modes": 8}, "d", version=1),
            gan=PluginRecord("mlp", {"width": 16}, "g"),
            recipe=[PluginRecord(recipe, {}, source)],
            settings={"batch": 16},
            budget={"steps": 10},
            block=[0, 1, 2, 3],
            seed=seed,
        )
        return RunSpec(
            suite=SuiteId("mine", "1"),
            task=task,
            recipe=recipe,
            training=msgspec.structs.replace(training, **parts),
            evaluation=EvaluationSpec(2, 100, dict(metrics), {"modes": 8}),
        ).with_ids()

    return make


@dataclass(frozen=True)
class Results:
    """What a results folder holds, as far as it must not depend on where and when it was made."""

    folder: Path

    @property
    def runs(self) -> dict[str, Any]:
        """Everything in every run file but times and threads, by run id."""
        return {run.spec.run_id: self.lasting(run) for run in Store(self.folder).runs()}

    def lasting(self, run: Run) -> tuple[Any, ...]:
        """A run without times and threads."""
        return run.spec, run.rows, {k: v for k, v in run.outcome.items() if k not in CLOCKS}

    @property
    def board(self) -> list[dict[str, str]]:
        """The leaderboard's rows without their cost."""
        with (self.folder / "leaderboard.csv").open() as file:
            return [{k: v for k, v in row.items() if k not in CLOCKS} for row in csv.DictReader(file)]

    @property
    def leftovers(self) -> list[Path]:
        """Files that are half-written."""
        return [path for path in self.folder.rglob("*") if path.name.endswith(".part")]

    def same(self, other: Results) -> bool:
        """Whether two folders hold the same runs and the same board."""
        return self.runs == other.runs and self.board == other.board

    def within(self, other: Results) -> bool:
        """Whether all runs of this folder are in the other one, number for number."""
        return self.runs.items() <= other.runs.items()


@pytest.fixture(scope="session")
def results() -> Callable[[Path], Results]:
    """Reads a results folder: `results(folder).runs`."""
    return Results


@pytest.fixture(scope="session")
def suite_text() -> str:
    """A suite file's text: two tasks under two recipes, 8 runs in 4 cells."""
    return SUITE


@pytest.fixture(scope="session")
def write_helped() -> Callable[..., Path]:
    """Writes a strategy `helped`, with its helper and its data beside it: `write_helped(folder, weight=5.0)`."""

    def write(folder: Path, weight: float = 0.1, extra: float = 0) -> Path:
        (folder / "helper.py").write_text(f"def weight():\n    return {weight}\n")
        (folder / "extra.txt").write_text(str(extra))
        (folder / "mine.py").write_text(HELPED)
        return folder / "mine.py"

    return write
