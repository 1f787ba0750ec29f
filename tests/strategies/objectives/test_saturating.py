from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch


def slope_when_sure(duel: Callable[..., Any], recipe: str) -> float:
    """Size of the generator's gradient while the discriminator is sure that every sample is fake."""
    d = duel(recipe, "generator")
    with torch.no_grad():
        d.discriminator[-1].bias -= 8
    gradients = torch.autograd.grad(d.loss(), list(d.generator.parameters()))
    return torch.cat([g.flatten() for g in gradients]).norm().item()


def test_generator_minimises_the_value_of_the_zero_sum_game(duel: Callable[..., Any]) -> None:
    d = duel("saturating", "generator")
    caught = (1 - torch.sigmoid(d.fake)).log().mean()
    torch.testing.assert_close(d.loss(), torch.sigmoid(d.real).log().mean() + caught)
    weights = list(d.generator.parameters())
    for ours, theirs in zip(*(torch.autograd.grad(loss, weights) for loss in (d.loss(), caught)), strict=True):
        torch.testing.assert_close(ours, theirs)


def test_discriminator_has_the_untreated_loss(duel: Callable[..., Any]) -> None:
    torch.testing.assert_close(duel("saturating").loss(), duel("none").loss(), rtol=0, atol=0)


def test_generator_hardly_learns_from_a_sure_discriminator(duel: Callable[..., Any]) -> None:
    assert slope_when_sure(duel, "saturating") < 0.01 * slope_when_sure(duel, "none")
