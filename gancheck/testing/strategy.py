"""The contract of a strategy."""

from __future__ import annotations

from collections.abc import Iterator

import torch

from gancheck.plugins.entry import PluginEntry
from gancheck.plugins.registry import Registry
from gancheck.strategies.base import Strategy
from gancheck.strategies.recipe import Recipe
from gancheck.testing.effects import effects
from gancheck.testing.require import NotTried, require
from gancheck.testing.short_training import ONE_BY_ONE, Trial, try_training
from gancheck.training.fallback import DRAWS
from gancheck.training.record import TrainingRecord


def check_strategy(entry: PluginEntry, registry: Registry) -> list[str]:
    """It trains on points and on images, alone and beside R1, and draws samples; a seed among others is trained as it
    is alone; every player moves, and nothing is without effect."""
    require(isinstance(entry.build(), Strategy), "must derive from gancheck.Strategy")
    recipe = Recipe.parse(entry.info.name, registry)
    trials = {
        "points": Trial(registry.build("gan", "mlp", width=16), recipe, registry.build("dataset", "ring8")),
        "images": Trial(registry.build("gan", "dcgan", width=4, latent=8), recipe, registry.build("dataset", "digits")),
    }
    reasons = {name: recipe.supports(trial.gan, trial.dataset.spec) for name, trial in trials.items()}
    taken = [name for name, reason in reasons.items() if not reason]
    skips = [f"skipped on {name}: {reason}" for name, reason in reasons.items() if reason]
    if not taken:
        raise NotTried("; ".join(skips))
    first, *others = taken
    together, alone = trials[first].records(), trials[first].outcome()
    notes = [*compare(together[-1], alone.records[0], trials[first].comparable_steps, first)]
    notes += effects(trials[first], alone, entry.info.name, registry)
    for name in others:
        try_training(trials[name].alone)
        notes.append(f"trains on {name}")
    return [*notes, *skips]


def compare(together: TrainingRecord, alone: TrainingRecord, steps: int, name: str) -> Iterator[str]:
    """A seed that is trained among others beside the same one by itself; notes on how it went."""
    reason = together.path_reason
    yield f"trains on {name} ({together.path})"
    require(DRAWS not in reason, f"draws random numbers of its own; {reason}")
    refuse_difference(together, alone, steps)
    if reason:
        yield f"the fast way is left, {reason}"
    if together.path.startswith(ONE_BY_ONE.vectorisation):
        yield "its seeds are trained one by one, which is slow"


def refuse_difference(together: TrainingRecord, alone: TrainingRecord, steps: int) -> None:
    """BadPlugin where losses, gradients or logits of these steps differ; weights hardly move in so few."""
    for name, signal in together.trace.items():
        require(
            torch.allclose(signal[:steps], alone.trace[name][:steps], rtol=1e-3, atol=1e-4, equal_nan=True),
            f"seeds trained together differ from one by one in {name}: hooks must give the same for the same "
            "tensors, and keep nothing to themselves (see memory)",
        )
