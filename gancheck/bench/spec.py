"""A cell of the grid: one recipe on one task for one block of seeds, built, and as the specs of its runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import torch
from msgspec.structs import replace
from torch import nn

from gancheck.bench.run_spec import EvaluationSpec, LadderPlace, PluginRecord, RunSpec, SuiteId, TrainingSpec
from gancheck.bench.suite import Suite
from gancheck.bench.task import Task
from gancheck.bench.validation import refusal
from gancheck.datasets.base import Dataset, DataSpec
from gancheck.evaluation.panel import read_metric
from gancheck.gans.base import Model
from gancheck.gans.settings import Budget, Settings
from gancheck.plugins import parameters
from gancheck.plugins.info import plugin_info
from gancheck.plugins.registry import Registry
from gancheck.strategies.recipe import Recipe
from gancheck.training.compiling import has_compiler
from gancheck.training.replicas import build_untreated
from gancheck.training.setup import TrainingSetup
from gancheck.training.start_weights import content_of
from gancheck.training.vectorise import ExecutionPath

ENGINE = 3  #: raise it when the engine's numbers change for the same spec
EVALUATION = 2  #: raise it when a metric's protocol changes

CONVOLUTIONS = (nn.Conv1d, nn.Conv2d, nn.Conv3d, nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)

#: Metrics by which the board ranks, measured whatever a suite names.
RANKING = ("modes", "quality")

#: Updates of a block, times its seeds, from which compiling about repays itself where the graph is kept from an earlier
#: run. Measured on the untreated GAN of width 64 and batch 64: 30,000; for the first time, 170,000, shared among the
#: tasks that the graph serves. Graphs that take longer to compile save more at every step.
WORTH_COMPILING = 25_000


@dataclass(frozen=True)
class Cell:
    """One recipe on one task for one block of seeds: the unit of training. It is data, and travels to workers."""

    suite: str
    version: str
    task: Task
    recipe: str
    seeds: tuple[int, ...]
    device: str = "cpu"

    def build(self, registry: Registry) -> TrainingSetup:
        """Everything built."""
        return self.assemble(self.task.build_gan(registry), self.task.build_dataset(registry), registry)

    def assemble(self, gan: Model, dataset: Dataset, registry: Registry) -> TrainingSetup:
        """The same with the task's GAN and dataset, which all cells of a task can share."""
        recipe = Recipe.parse(self.recipe, registry)
        return TrainingSetup(
            gan=gan,
            recipe=recipe,
            dataset=dataset,
            settings=self.task.settings,
            budget=self.task.budget,
            seeds=self.seeds,
            path=self.path(gan, recipe, dataset.spec),
            device=torch.device(self.device),
            start=self.task.start,
        )

    def path(self, gan: Model, recipe: Recipe, data: DataSpec) -> ExecutionPath:
        """How to compute it, from the spec alone: convolutions gain nothing from stacking.

        On a GPU, where looped seeds are played side by side, they lose by it (benchmarks/speed/gpu_images.json).
        """
        looped = not refusal(gan, data) and convolves(gan, data)
        compiled = self.repays_compiling(recipe) and has_compiler(torch.device(self.device))
        return ExecutionPath("looped" if looped else "stacked", "compiled" if compiled else "traced")

    def repays_compiling(self, recipe: Recipe) -> bool:
        """Whether the block is long enough to be compiled where there is a compiler."""
        updates = self.task.budget.steps * (1 + recipe.settings(self.task.settings).critic_steps)
        return updates * len(self.seeds) >= WORTH_COMPILING

    def specs(self, setup: TrainingSetup, registry: Registry) -> list[RunSpec]:
        """One spec per seed, with its ids; `setup` is the cell, built."""
        return [self.spec(self.training(setup, seed, registry), setup, registry).with_ids() for seed in self.seeds]

    def training(self, setup: TrainingSetup, seed: int, registry: Registry) -> TrainingSpec:
        """What decides the weights of one seed."""
        return TrainingSpec(
            engine=ENGINE,
            torch=release(torch.__version__),
            device=self.device,
            path="own-loop" if setup.gan.own_loop else str(setup.path),
            dataset=dataset_record(registry, setup.dataset),
            gan=plugin_record(registry, "gan", setup.gan),
            recipe=[plugin_record(registry, "strategy", s) for s in setup.recipe.strategies],
            settings=settings_table(self.task.settings),
            budget=budget_table(self.task.budget),
            block=list(self.seeds),
            seed=seed,
            start={player: content_of(path, player) for player, path in setup.start.items()},
        )

    def spec(self, training: TrainingSpec, setup: TrainingSetup, registry: Registry) -> RunSpec:
        """The spec of one seed, without its ids."""
        task = self.task
        sources = {label: metric_source(registry, label) for label in metric_names(task, registry)}
        return RunSpec(
            suite=SuiteId(self.suite, self.version),
            task=task.label,
            recipe=self.recipe,
            training=training,
            evaluation=EvaluationSpec(EVALUATION, task.protocol.samples, sources, setup.dataset.facts),
            ladder=LadderPlace(task.knob, task.level) if task.knob else None,
        )


def budget_table(budget: Budget) -> dict[str, Any]:
    """JSON values; no limit of memory is left out, as in the ids of runs from before there was one."""
    table = asdict(budget)
    return table if budget.memory else {name: value for name, value in table.items() if name != "memory"}


def settings_table(settings: Settings) -> dict[str, Any]:
    """JSON values; the usual precision is left out, as in the ids of runs from before there was another."""
    table: dict[str, Any] = parameters.plain(asdict(settings))
    return table if table.pop("precision") == "float32" else {**table, "precision": settings.precision}


def release(version: str) -> str:
    """`2.13.0` of `2.13.0+cpu`: builds of one release make the same runs."""
    return version.partition("+")[0]


def convolves(gan: Model, data: DataSpec) -> bool:
    """Whether one of the GAN's players has a convolution."""
    networks = build_untreated(gan, data, 0, torch.device("cpu"))
    return any(isinstance(m, CONVOLUTIONS) for module in networks.modules.values() for m in module.modules())


def plugin_record(registry: Registry, kind: str, thing: Any) -> PluginRecord:
    """A plug-in's name, parameters and source hash."""
    info = plugin_info(type(thing))
    assert info is not None
    source = registry.entry(kind, info.name).source
    return PluginRecord(info.name, parameters.parameters(thing), source)


def dataset_record(registry: Registry, dataset: Dataset) -> PluginRecord:
    """The same of a dataset, with its version, and with what its files hold in place of where they are."""
    record = plugin_record(registry, "dataset", dataset)
    places = parameters.place_names(type(dataset))
    own = {name: value for name, value in record.parameters.items() if name not in places}
    return replace(record, parameters=own, version=dataset.version, content=dataset.content)


def metric_names(task: Task, registry: Registry) -> list[str]:
    """The metrics of a task: those that rank, and those the suite names, else all that need not be asked for."""
    named = [read_metric(registry, text).label for text in task.protocol.metrics]
    unasked = (n for n in registry.names("metric") if not registry.entry("metric", n).info.properties["on_request"])
    return sorted({*RANKING, *(named or unasked)})


def metric_source(registry: Registry, label: str) -> str:
    """The source hash of a metric, whatever its parameters, which the label says."""
    return registry.entry("metric", parameters.parse_call(label)[0]).source


def grid_cells(suite: Suite, device: str) -> Iterator[Cell]:
    """The grid: seeds outermost, so that an early stop has all recipes for the first seeds."""
    for block in suite.blocks:
        for task in suite.tasks:
            for recipe in task.recipes(suite.recipes):
                yield Cell(suite.name, suite.version, task, recipe, block, device)
