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
from gancheck.testing.short_training import ONE_BY_ONE, TOGETHER, Trial, try_training
from gancheck.training.fallback import DRAWS
from gancheck.training.record import TrainingRecord


def check_strategy(entry: PluginEntry, registry: Registry) -> list[str]:
    """It trains on points and on images, alone and beside R1, and draws samples; seeds trained together are what they
    are one by one; every player moves, and nothing is without effect."""
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
    notes = [*try_whole(trials[first], first), *effects(trials[first], entry.info.name, registry)]
    for name in others:
        try_training(trials[name].alone)
        notes.append(f"trains on {name}")
    return [*notes, *skips]


def try_whole(trial: Trial, name: str) -> Iterator[str]:
    """Train seeds together and one by one; notes on how it went."""
    together = trial.records(TOGETHER)
    reason = together[0].path_reason
    yield f"trains on {name} ({together[0].path})"
    require(DRAWS not in reason, f"draws random numbers of its own; {reason}")
    refuse_difference(together, trial.records(ONE_BY_ONE), trial.comparable_steps)
    if reason:
        yield f"the fast way is left, {reason}"
    if together[0].path.startswith(ONE_BY_ONE.vectorisation):
        yield "its seeds are trained one by one, which is slow"


def refuse_difference(together: list[TrainingRecord], apart: list[TrainingRecord], steps: int) -> None:
    """BadPlugin where losses, gradients or logits of these steps differ; weights hardly move in so few."""
    for one, other in zip(together, apart, strict=True):
        for name, signal in one.trace.items():
            close = torch.allclose(signal[:steps], other.trace[name][:steps], rtol=1e-3, atol=1e-4, equal_nan=True)
            require(
                close,
                f"seeds trained together differ from one by one in {name}: hooks must give the same for the same "
                "tensors, and keep nothing to themselves (see memory)",
            )
