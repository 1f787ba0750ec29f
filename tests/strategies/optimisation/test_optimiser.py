from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

import gancheck as gc
from gancheck.errors import BadParameter
from gancheck.strategies.recipe import Recipe
from gancheck.training.trainer import Trainer

LR = 2e-4


def settings_of(recipe: str, registry: gc.Registry, **default: Any) -> gc.Settings:
    return Recipe.parse(recipe, registry).settings(gc.Settings(default=gc.Optimiser(lr=LR, **default)))


@pytest.mark.parametrize(
    ("name", "torch_name", "lr", "momentum"),
    [
        ("sgd", "sgd", 100 * LR, 0.0),
        ("momentum", "sgd", 10 * LR, 0.9),
        ("rmsprop", "rmsprop", LR, None),
        ("adamw", "adamw", LR, None),
    ],
)
def test_both_players_move_by_it_at_a_rate_that_fits(
    registry: gc.Registry, name: str, torch_name: str, lr: float, momentum: float | None
) -> None:
    made = settings_of(f"optimiser(name={name!r})", registry, schedule="cosine")
    for player in ("discriminator", "generator"):
        chosen = made.player(player)
        assert (chosen.name, chosen.lr, chosen.momentum) == (torch_name, pytest.approx(lr), momentum)
        assert (chosen.betas, chosen.schedule) == (gc.Optimiser().betas, "cosine")


def test_a_step_of_gradient_descent_is_the_rate_times_the_gradient(
    setup: Callable[..., Any], train: Callable[..., Any]
) -> None:
    before = Trainer(setup("none")).replicas.weights["discriminator"]["5.weight"].clone()
    moved = [
        self_moved(setup(recipe, steps=1), before)
        for recipe in ("optimiser(name='sgd', lr=0.5)", "optimiser(name='sgd', lr=1.0)")
    ]
    torch.testing.assert_close(2 * moved[0], moved[1])
    assert moved[0].abs().max() > 1e-4


def self_moved(made: Any, before: torch.Tensor) -> torch.Tensor:
    """How far the discriminator's head goes in a step."""
    trainer = Trainer(made)
    trainer.train()
    return trainer.replicas.weights["discriminator"]["5.weight"] - before


def test_one_player_keeps_the_suites_optimiser(registry: gc.Registry) -> None:
    made = settings_of("optimiser(player='generator', lr=0.01)", registry)
    assert made.player("discriminator") == gc.Optimiser(lr=LR)
    assert (made.player("generator").name, made.player("generator").lr) == ("rmsprop", 0.01)


def test_rates_of_an_objective_are_scaled_from_its_own_optimiser(registry: gc.Registry) -> None:
    made = settings_of("wgan-clip+optimiser(name='momentum')", registry)
    assert made.player("generator").lr == pytest.approx(10 * 5e-5)
    back = settings_of("optimiser(name='adam')", registry, name="sgd")
    assert back.default == gc.Optimiser(lr=LR / 10)


def test_what_changes_nothing_or_moves_nothing_is_refused(duel: Callable[..., Any], registry: gc.Registry) -> None:
    with pytest.raises(BadParameter, match="leaves every optimiser"):
        settings_of("optimiser(name='adam')", registry)
    for bad in ("lr=0.0", "lr=-1.0"):
        with pytest.raises(BadParameter, match="lr = "):
            duel(f"optimiser({bad})")
