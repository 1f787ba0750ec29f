from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from gancheck.errors import BadParameter


def test_penalty_is_the_squared_slope_between_real_and_generated_data(duel: Callable[..., Any]) -> None:
    d = duel("zero-gp(weight=3.0)")
    loss, mix = d.loss(), d.game.noise.tensors["zero-gp#1"]
    penalty = 3 * d.slope(mix * d.x + (1 - mix) * d.samples).square().sum(1).mean()
    torch.testing.assert_close(loss, duel("none").loss() + penalty)
    assert penalty > 1e-4


def test_penalty_is_differentiated_by_the_weights(duel: Callable[..., Any]) -> None:
    d, plain = duel("zero-gp(weight=30.0)"), duel("none")
    loss, mix = d.loss(), d.game.noise.tensors["zero-gp#1"]
    weights = [w for w in d.discriminator.parameters() if w.dim() > 1]
    penalty = 30 * d.slope(mix * d.x + (1 - mix) * d.samples).square().sum(1).mean()
    ours = torch.autograd.grad(loss, weights)
    base = torch.autograd.grad(plain.loss(), [w for w in plain.discriminator.parameters() if w.dim() > 1])
    for mine, theirs, untreated in zip(ours, torch.autograd.grad(penalty, weights), base, strict=True):
        torch.testing.assert_close(mine, theirs + untreated, rtol=1e-4, atol=1e-5)


def test_negative_weight_is_refused(duel: Callable[..., Any]) -> None:
    with pytest.raises(BadParameter, match=r"weight = -1\.0"):
        duel("zero-gp(weight=-1.0)")
