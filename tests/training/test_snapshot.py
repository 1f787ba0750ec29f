"""What of one replicate is evaluated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import torch

import gancheck as gc
from gancheck.training.snapshot import kept_players
from gancheck.training.trainer import Trainer


@gc.strategy("third", family="test")
@dataclass(frozen=True)
class Third(gc.Strategy):
    """Every player plays with a third of its weights, and draws noise that training alone may need."""

    def constrain(self, weights: gc.Params, player: str, game: gc.Game) -> gc.Params:
        blur = game.normal("third", (1,)) if game.phase != "evaluation" else 0.0
        return {name: w / 3 + 1e-3 * blur for name, w in weights.items()}


def stepped(setup: Callable[..., Any], recipe: str = "none", *extra: gc.Strategy, **how: Any) -> Trainer:
    """A trainer after two steps."""
    trainer = Trainer(setup(recipe, extra=extra, **how))
    trainer.prepare()
    for _ in range(2):
        trainer.step()
    return trainer


def test_a_generator_is_evaluated_as_it_plays(setup: Callable[..., Any]) -> None:
    trainer = stepped(setup, "none", Third())
    for seed, kept in enumerate(trainer.snapshots()):
        live = trainer.replicas.weights["generator"]
        assert all(kept.generator[name].equal(w[seed] / 3) for name, w in live.items())
        probed = trainer.live_generators().unstack(2)[seed]
        assert all(probed.generator[name].equal(w[seed] / 3) for name, w in live.items())


def test_means_are_constrained_too(setup: Callable[..., Any]) -> None:
    trainer = stepped(setup, "ema(decay=0.5)", Third())
    for seed, kept in enumerate(trainer.snapshots()):
        mean = trainer.replicas.memory["ema"]["generator"]
        assert all(kept.generator[name].equal(w[seed] / 3) for name, w in mean.items())


def test_a_probe_sees_weights_that_nothing_constrains_as_they_are(setup: Callable[..., Any]) -> None:
    trainer = stepped(setup, "spectral-norm")
    for kept in (trainer.live_generators().unstack(2)[1], trainer.snapshots()[1]):
        assert all(kept.generator[name].equal(w[1]) for name, w in trainer.replicas.weights["generator"].items())


@pytest.mark.parametrize(
    ("recipe", "players"),
    [
        ("ema", {"generator"}),
        ("ali", {"generator"}),
        ("deligan", {"generator", "prior"}),
        ("ali+mh-gan", {"generator", "discriminator", "encoder"}),
    ],
)
def test_what_judges_keeps_all_players(setup: Callable[..., Any], recipe: str, players: set[str]) -> None:
    assert set(kept_players(Trainer(setup(recipe)).replicas)) == players


def test_a_kept_discriminator_is_divided_by_its_norm(setup: Callable[..., Any]) -> None:
    kept = stepped(setup, "mh-gan+spectral-norm").snapshots()[0]
    norms = [torch.linalg.matrix_norm(w, ord=2).item() for w in kept.weights["discriminator"].values() if w.dim() == 2]
    assert norms == pytest.approx([1.0] * 3, abs=0.05)
