from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits as cross_entropy


def relative(d: Any) -> tuple[Tensor, Tensor]:
    """Logits of each side over the mean of the other, by plain calls."""
    return d.real - d.fake.mean(), d.fake - d.real.mean()


@pytest.mark.parametrize(("phase", "target"), [("discriminator", 1.0), ("generator", 0.0)])
def test_loss_is_the_cross_entropy_of_logits_over_the_mean_of_the_other_side(
    duel: Callable[..., Any], phase: str, target: float
) -> None:
    d = duel("ragan", phase)
    real, fake = relative(d)
    goal = torch.full_like(real, target)
    torch.testing.assert_close(d.loss(), cross_entropy(real, goal) + cross_entropy(fake, 1 - goal))


def test_generator_learns_by_the_real_samples_too(duel: Callable[..., Any]) -> None:
    d = duel("ragan", "generator")
    real, fake = relative(d)
    weights = list(d.generator.parameters())
    expected = -torch.sigmoid(real).detach().mean() * d.fake.mean() - (torch.sigmoid(-fake).detach() * d.fake).mean()
    theirs = torch.autograd.grad(expected, weights)
    for mine, other in zip(torch.autograd.grad(d.loss(), weights), theirs, strict=True):
        torch.testing.assert_close(mine, other, rtol=1e-4, atol=1e-7)


def test_losses_do_not_change_with_a_constant_in_all_logits(duel: Callable[..., Any]) -> None:
    d, moved = duel("ragan"), duel("ragan")
    with torch.no_grad():
        moved.discriminator[-1].bias += 5
    torch.testing.assert_close(moved.loss(), d.loss())


def test_rows_that_top_k_leaves_out_have_no_part_in_the_mean(duel: Callable[..., Any]) -> None:
    d = duel("ragan+top-k(nu=0.5, gamma=0.5)", "generator", progress=1.0)
    kept = d.fake.topk(3).values
    real, fake = d.real - kept.mean(), kept - d.real.mean()
    expected = cross_entropy(real, torch.zeros_like(real)) + cross_entropy(fake, torch.ones_like(fake))
    torch.testing.assert_close(d.loss(), expected)
