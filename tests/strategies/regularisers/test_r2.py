from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from gancheck.errors import BadParameter


def test_penalty_is_half_gamma_times_the_squared_slope_at_generated_data(duel: Callable[..., Any]) -> None:
    d = duel("r2(gamma=3.0)")
    penalty = 1.5 * d.slope(d.samples).square().sum(1).mean()
    torch.testing.assert_close(d.loss(), duel("none").loss() + penalty)
    assert penalty > 1e-4


def test_r1_and_r2_are_together_what_r1r2_is(duel: Callable[..., Any]) -> None:
    torch.testing.assert_close(duel("r1(gamma=2.0)+r2(gamma=2.0)").loss(), duel("r1r2(gamma=2.0)").loss())


def test_generator_is_left_alone(duel: Callable[..., Any]) -> None:
    torch.testing.assert_close(duel("r2", "generator").loss(), duel("none", "generator").loss(), rtol=0, atol=0)


def test_every_critic_is_penalised(duel: Callable[..., Any]) -> None:
    d = duel("d2gan+r2(gamma=2.0)")
    expected = duel("d2gan").loss()
    for critic in ("discriminator", "discriminator2"):
        x = d.samples.detach().requires_grad_()
        slope = torch.autograd.grad(d.modules[critic](x).sum(), x)[0]
        expected = expected + slope.square().sum(1).mean()
    torch.testing.assert_close(d.loss(), expected)


def test_negative_weight_is_refused(duel: Callable[..., Any]) -> None:
    with pytest.raises(BadParameter, match=r"gamma = -1\.0"):
        duel("r2(gamma=-1.0)")
