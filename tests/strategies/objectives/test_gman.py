from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from gancheck.errors import BadParameter
from gancheck.strategies.objectives._critics import names


def against(d: Any, count: int) -> Tensor:
    """The generator's loss against each critic, by plain calls."""
    return torch.stack([-torch.sigmoid(d.modules[critic](d.samples)).log().mean() for critic in names(count)])


def test_every_critic_is_trained_as_if_alone(duel: Callable[..., Any]) -> None:
    d = duel("gman(critics=3)")
    loss = d.loss()
    for critic in names(3):
        judge = d.modules[critic]
        own = -torch.sigmoid(judge(d.x)).log().mean() - torch.sigmoid(-judge(d.samples)).log().mean()
        weights = list(judge.parameters())
        for mine, theirs in zip(
            torch.autograd.grad(loss, weights, retain_graph=True), torch.autograd.grad(own, weights), strict=True
        ):
            torch.testing.assert_close(mine, theirs)


def test_generator_heeds_most_those_it_fools_least(duel: Callable[..., Any]) -> None:
    d = duel("gman(critics=3, sharpness=4.0)", "generator")
    losses = against(d, 3)
    weights = torch.exp(4 * losses) / torch.exp(4 * losses).sum()
    torch.testing.assert_close(d.loss(), (weights * losses).sum())
    assert losses.mean() + 1e-4 < d.loss() < losses.max()


def test_limits_are_the_mean_and_the_maximum(duel: Callable[..., Any]) -> None:
    even, sharp = (duel(f"gman(critics=3, sharpness={s})", "generator") for s in (0.0, 1e6))
    torch.testing.assert_close(even.loss(), against(even, 3).mean())
    torch.testing.assert_close(sharp.loss(), against(sharp, 3).max())


def test_r1_regularises_every_critic(duel: Callable[..., Any]) -> None:
    d = duel("gman(critics=3)+r1(gamma=2.0)")
    penalty = torch.zeros(())
    for critic in names(3):
        x = d.x.clone().requires_grad_()
        penalty = penalty + torch.autograd.grad(d.modules[critic](x).sum(), x)[0].square().sum(1).mean()
    torch.testing.assert_close(d.loss(), duel("gman(critics=3)").loss() + penalty)


@pytest.mark.parametrize("parameter", ["critics=1", "sharpness=-1.0"])
def test_parameters_out_of_range_are_refused(duel: Callable[..., Any], parameter: str) -> None:
    with pytest.raises(BadParameter, match=parameter.replace("=", " = ")):
        duel(f"gman({parameter})")
