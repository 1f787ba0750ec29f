"""The contract of a strategy."""

from __future__ import annotations

import torch

from gancheck.plugins.entry import PluginEntry
from gancheck.plugins.registry import Registry
from gancheck.strategies.base import Strategy
from gancheck.strategies.recipe import Recipe
from gancheck.testing.require import require
from gancheck.testing.short_training import TOGETHER, train_briefly
from gancheck.training.vectorise import ExecutionPath

ONE_BY_ONE = ExecutionPath("looped", "eager")


def check_strategy(entry: PluginEntry, registry: Registry) -> list[str]:
    """It trains alone and beside R1, and seeds trained together are what they are one by one."""
    strategy = entry.build()
    require(isinstance(strategy, Strategy), "must derive from gancheck.Strategy")
    hooks = Strategy.hooks
    require(any(map(strategy.overrides, hooks)), f"overrides no hook, so it does nothing; hooks: {', '.join(hooks)}")
    gan, dataset = registry.build("gan", "mlp", width=16), registry.build("dataset", "ring8")
    recipe = Recipe.parse(entry.info.name, registry)
    if reason := recipe.supports(gan, dataset.spec):
        return [f"skipped on mlp: {reason}"]
    ways = [train_briefly(gan, recipe, dataset, path) for path in (TOGETHER, ONE_BY_ONE)]
    for together, alone in zip(*ways, strict=True):
        for name, signal in together.trace.items():  # losses, gradients, logits; weights hardly move in so few steps
            close = torch.allclose(signal, alone.trace[name], rtol=1e-3, atol=1e-4, equal_nan=True)
            require(close, f"seeds trained together differ from one by one in {name}")
    notes = [f"trains ({ways[0][0].path})"]
    if ways[0][0].path.startswith(ONE_BY_ONE.vectorisation):
        notes.append("its seeds are trained one by one, which is slow: a hook branches on a value or calls .item()")
    if entry.info.name != "r1":
        both = Recipe.parse(f"{entry.info.name}+r1", registry)
        train_briefly(gan, both, dataset, ExecutionPath("stacked", "eager"))
        notes.append("composes with r1")
    return notes
