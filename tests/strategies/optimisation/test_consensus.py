from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch.nn.functional import softplus

import gancheck as gc
from gancheck.errors import BadParameter
from gancheck.training.trainer import Trainer
from gancheck.training.vectorise import ExecutionPath

TOGETHER = "discriminator+generator"


def test_gradients_are_the_field_and_the_pull_of_its_size(duel: Callable[..., Any]) -> None:
    d = duel("consensus(gamma=3.0)", TOGETHER)
    field = d.game.field()
    found = d.game.hooks.gradients(field, d.game)
    weights = {name: list(module.parameters()) for name, module in d.modules.items()}
    fake = d.discriminator(d.generator(d.z))
    losses = {
        "discriminator": softplus(-d.discriminator(d.x)).mean() + softplus(fake).mean(),
        "generator": softplus(-fake).mean(),
    }
    v = {n: torch.autograd.grad(loss, weights[n], create_graph=True) for n, loss in losses.items()}
    size = sum(slope.square().sum() for slopes in v.values() for slope in slopes) / 2
    for name, slopes in v.items():
        pulls = torch.autograd.grad(size, weights[name], retain_graph=True)
        for mine, slope, pull in zip(found[name].values(), slopes, pulls, strict=True):
            torch.testing.assert_close(mine, slope + 3 * pull, rtol=1e-4, atol=1e-6)
            assert pull.norm() > 1e-6  # so that the second term is felt


def test_without_the_second_term_both_just_move_at_once(train: Callable[..., Any], apart: Callable[..., float]) -> None:
    plain, none = train("consensus(gamma=0.0)", steps=4), train("none", steps=4)
    assert apart(plain, train("consensus(gamma=0.1)", steps=4)) > 1e-6
    assert apart(plain, none) > 1e-6  # in turns, the generator would meet the discriminator that has moved


def test_both_players_move_once_a_step_on_one_batch(setup: Callable[..., Any]) -> None:
    trainer = Trainer(setup("wgan-gp+consensus"))
    assert (trainer.replicas.settings.critic_steps, list(trainer.updates)) == (1, [TOGETHER])


def test_seeds_trained_together_are_what_they_are_one_by_one(
    train: Callable[..., Any], apart: Any, registry: gc.Registry
) -> None:
    how = {"steps": 2, "gan": registry.build("gan", "mlp", width=4, depth=1, latent=3)}
    together = train("consensus", path=ExecutionPath(), **how)
    assert together[0].path == "stacked-traced"
    assert apart(together, train("consensus", path=ExecutionPath("looped", "eager"), **how)) < 1e-6


def test_a_negative_weight_is_refused(duel: Callable[..., Any]) -> None:
    with pytest.raises(BadParameter, match="gamma = -1"):
        duel("consensus(gamma=-1.0)")
