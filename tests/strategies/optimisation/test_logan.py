from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn.functional import softplus

from gancheck.errors import BadParameter

ALL = "logan(a=0.9, b=0.1, rate=1.0, weight=0.5)"


def improved(opened: Any) -> tuple[Tensor, Tensor]:
    """z' and the step, which can be differentiated, by plain autograd."""
    z = opened.z.clone().requires_grad_()
    slope = torch.autograd.grad(opened.discriminator(opened.generator(z)).sum(), z, create_graph=True)[0]
    step = 0.9 * slope / (0.1 + slope.square().sum(1, keepdim=True))
    return opened.z + step, step


@pytest.mark.parametrize("player", ["discriminator", "generator"])
def test_losses_are_those_of_improved_latents_and_differentiated_through_the_step(
    duel: Callable[..., Any], player: str
) -> None:
    d = duel(ALL, player)
    better, step = improved(d)
    fake = d.discriminator(d.generator(better)).flatten()
    played = {
        "discriminator": softplus(-d.real).mean() + softplus(fake).mean(),
        "generator": softplus(-fake).mean(),
    }[player]
    expected = played + 0.5 * step.square().sum(1).mean()
    torch.testing.assert_close(d.loss(), expected)
    weights = list(d.modules[player].parameters())
    theirs = torch.autograd.grad(expected, weights)
    for name, other in zip(d.modules[player].state_dict(), theirs, strict=True):
        mine = d.game.slopes(player, d.game.weights)[player][name]
        torch.testing.assert_close(mine, other, rtol=1e-3, atol=1e-6)


def test_a_share_of_the_latents_is_improved(duel: Callable[..., Any]) -> None:
    d = duel("logan(rate=0.3)", "generator", batch=200)
    d.loss()
    drawn = d.game.noise.tensors["logan#1"]
    assert drawn.shape == (200, 1)
    better, step = improved(d)
    mixed = torch.where(drawn < 0.3, better, d.z)
    expected = softplus(-d.discriminator(d.generator(mixed))).mean() + 0.1 * step.square().sum(1).mean()
    again = duel("logan(rate=0.3)", "generator", batch=200)
    torch.testing.assert_close(again.loss(), expected)


def test_improved_latents_are_more_real_and_stay_in_the_range_of_a_uniform_prior(duel: Callable[..., Any]) -> None:
    d = duel("logan(rate=1.0, weight=0.0)", "generator")
    assert d.loss() < softplus(-d.fake).mean()
    seen: list[Tensor] = []
    u = duel("logan(rate=1.0, a=50.0)", "generator", prior="uniform")
    u.generator.register_forward_pre_hook(lambda _, given: seen.append(given[0]))
    u.loss()
    assert seen[-1].abs().max() <= 1


def test_packs_and_several_critics_are_taken(duel: Callable[..., Any]) -> None:
    for recipe in (f"d2gan+{ALL}", f"{ALL}+pacgan", f"ali+{ALL}"):
        for player in ("discriminator", "generator"):
            assert duel(recipe, player).loss().isfinite()


def test_no_step_is_the_untreated_gan(train: Callable[..., Any], apart: Callable[..., float]) -> None:
    assert apart(train("logan(a=0.0)", steps=2), train("none", steps=2)) < 1e-7
    assert apart(train("logan", steps=2), train("none", steps=2)) > 1e-6


@pytest.mark.parametrize("bad", ["a=-1.0", "b=0.0", "weight=-0.1", "rate=0.0", "rate=1.1"])
def test_bad_parameters_are_refused(duel: Callable[..., Any], bad: str) -> None:
    with pytest.raises(BadParameter, match=bad.replace("=", " = ")):
        duel(f"logan({bad})")
