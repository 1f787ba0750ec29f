"""The spec of a run: everything that decides its numbers, as data, and the ids that are made of it.

A training id hashes everything that decides the weights; a run id adds how they are measured and in which suite.
Neither knows the host, the number of jobs, or what else is run.
"""

from __future__ import annotations

from typing import Any, Self

import msgspec

from gancheck.system.digest import digest, json_values


class SuiteId(msgspec.Struct, frozen=True):
    """Which suite a run belongs to."""

    name: str
    version: str


class LadderPlace(msgspec.Struct, frozen=True):
    """Where a task stands on a ladder."""

    knob: str
    level: float


class PluginRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """A plug-in with its parameters and the hash of its source."""

    name: str
    parameters: dict[str, Any]
    source: str
    version: int | None = None  #: of a dataset's draws and assignments
    content: str = ""  #: hash of the files that a dataset comes from


class TrainingSpec(msgspec.Struct, frozen=True, omit_defaults=True):
    """What decides the weights of one seed."""

    engine: int
    torch: str
    device: str
    path: str  #: how it is computed, such as "stacked-traced"
    dataset: PluginRecord
    gan: PluginRecord
    recipe: list[PluginRecord]
    settings: dict[str, Any]
    budget: dict[str, Any]
    block: list[int]  #: the seeds that are trained together
    seed: int
    start: dict[str, str] = {}  #: player -> hash of the weights that it started from; empty: fresh ones


class EvaluationSpec(msgspec.Struct, frozen=True):
    """How the weights are measured."""

    evaluation: int
    samples: int
    metrics: dict[str, Any]  #: name -> source hash
    data: dict[str, Any]  #: what the dataset says of itself


class RunSpec(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One cell of the grid for one seed."""

    run_id: str = ""
    training_id: str = ""
    suite: SuiteId
    task: str  #: such as `ring/mlp`
    recipe: str  #: such as `rpgan+r1r2`
    training: TrainingSpec
    evaluation: EvaluationSpec
    ladder: LadderPlace | None = None

    @property
    def seed(self) -> int:
        """The seed."""
        return self.training.seed

    @property
    def label(self) -> str:
        """For people: `ring/mlp r1 seed 0`."""
        return f"{self.task} {self.recipe} seed {self.seed}"

    @property
    def file_name(self) -> str:
        """For files that people look at: `ring-mlp/r1-seed-0`."""
        return f"{self.task.replace('/', '-')}/{self.recipe.replace('/', '-')}-seed-{self.seed}"

    @property
    def place(self) -> tuple[str, str, int]:
        """Where the run stands in the grid: task, recipe, seed."""
        return self.task, self.recipe, self.seed

    def with_ids(self) -> Self:
        """The same with its ids; BadParameter where a parameter is no JSON value."""
        return msgspec.structs.replace(self, run_id=self.own_id(), training_id=digest(self.training))

    def own_id(self) -> str:
        """The run id that belongs to the content."""
        return digest(msgspec.structs.replace(self, run_id="", training_id=""))

    def table(self) -> dict[str, Any]:
        """JSON values, as the first line of a run's file holds them."""
        table: dict[str, Any] = json_values(self)
        return table

    @classmethod
    def read(cls, table: dict[str, Any]) -> Self:
        """From JSON values; ValueError where they are no spec."""
        return msgspec.convert(table, cls)
