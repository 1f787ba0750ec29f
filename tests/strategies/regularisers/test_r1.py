from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch


def test_penalty_is_half_gamma_times_the_squared_slope_at_real_data(duel: Callable[..., Any]) -> None:
    d = duel("r1(gamma=3.0)")
    penalty = 1.5 * d.slope(d.x).square().sum(1).mean()
    torch.testing.assert_close(d.loss(), duel("none").loss() + penalty)
    assert penalty > 1e-4


def test_penalty_is_differentiated_by_the_weights(duel: Callable[..., Any]) -> None:
    d = duel("r1(gamma=50.0)")
    weights = list(d.discriminator.parameters())
    expected = torch.autograd.grad(duel_loss(d) + 25 * d.slope(d.x).square().sum(1).mean(), weights, allow_unused=True)
    for ours, theirs in zip(torch.autograd.grad(d.loss(), weights, allow_unused=True), expected, strict=True):
        torch.testing.assert_close(ours, theirs)


def test_generator_is_left_alone(duel: Callable[..., Any]) -> None:
    torch.testing.assert_close(duel("r1", "generator").loss(), duel("none", "generator").loss(), rtol=0, atol=0)


def duel_loss(d: Any) -> torch.Tensor:
    """The untreated discriminator's loss, by plain calls."""
    return -torch.sigmoid(d.real).log().mean() - torch.sigmoid(-d.fake).log().mean()
