"""The set-up that a run of the store was trained with, built again from its spec: no suite file is needed."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
import torch

from gancheck.bench.run_spec import PluginRecord, RunSpec
from gancheck.datasets.base import Dataset
from gancheck.errors import BadData, BadParameter, BadPlugin
from gancheck.gans.settings import Budget, Settings
from gancheck.plugins.registry import Registry
from gancheck.strategies.recipe import Recipe
from gancheck.training.setup import TrainingSetup
from gancheck.training.vectorise import ExecutionPath

T = TypeVar("T")
CPU = torch.device("cpu")


def rebuild_setup(spec: RunSpec, registry: Registry) -> TrainingSetup:
    """GAN, recipe and data of a run, for drawing from its kept weights on the CPU.

    Raises UnknownName or BadPlugin where a plug-in is not at hand, or is another one by now, BadParameter where the
    data come from files whose place no run records, MissingData where files are not there, BadData where they are
    others.
    """
    training = spec.training
    return TrainingSetup(
        gan=rebuild_plugin("gan", training.gan, registry),
        recipe=Recipe(spec.recipe, tuple(rebuild_plugin("strategy", one, registry) for one in training.recipe)),
        dataset=rebuild_dataset(training.dataset, registry),
        settings=convert(training.settings, Settings, spec),
        budget=convert(training.budget, Budget, spec),
        seeds=tuple(training.block),
        path=ExecutionPath("stacked", "eager"),  # samples are drawn from one generator, without a graph
        device=CPU,
    )


def rebuild_plugin(kind: str, record: PluginRecord, registry: Registry) -> Any:
    """A plug-in with the parameters of the record, if its code still is what it was."""
    entry = registry.entry(kind, record.name)
    if entry.source != record.source:
        raise BadPlugin(f"{kind} '{record.name}' was changed after the run was made")
    return entry.build(**record.parameters)


def rebuild_dataset(record: PluginRecord, registry: Registry) -> Dataset:
    """The data of a record, read where they come from files; BadData where those hold something else by now."""
    built: Dataset = rebuild_plugin("dataset", record, registry)
    if record.content and built.content != record.content:
        raise BadData(f"the files of '{record.name}' here are not those that the run was made with")
    return built


def convert(table: dict[str, Any], kind: type[T], spec: RunSpec) -> T:
    """Settings or budget as a spec holds them."""
    try:
        return msgspec.convert(table, kind)
    except (msgspec.ValidationError, ValueError) as error:
        raise BadParameter(f"{spec.label}: {kind.__name__.lower()} of another version ({error})") from error
