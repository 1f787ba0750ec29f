from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from gancheck.errors import BadParameter


def code(d: Any, x: Tensor) -> Tensor:
    """Features and logits, by plain calls."""
    features = d.discriminator[:-1](x)
    return torch.cat([features, d.discriminator[-1](features)], 1)


def kernel(a: Tensor, b: Tensor) -> Tensor:
    """(n, m) sums of Gaussian kernels of all pairs of rows."""
    distance = (a[:, None] - b[None]).square().sum(2)
    return sum((torch.exp(-distance / (2 * s**2)) for s in (1, 2, 4, 8, 16)), torch.zeros(()))


def discrepancy(real: Tensor, fake: Tensor) -> Tensor:
    apart = [kernel(side, side)[~torch.eye(len(side), dtype=torch.bool)].mean() for side in (real, fake)]
    return apart[0] + apart[1] - 2 * kernel(real, fake).mean()


def test_generator_minimises_the_discrepancy_of_features_and_logits(duel: Callable[..., Any]) -> None:
    d = duel("mmd", "generator")
    expected, weights = discrepancy(code(d, d.x), code(d, d.samples)), list(d.generator.parameters())
    torch.testing.assert_close(d.loss(), expected, rtol=1e-4, atol=1e-6)
    theirs = torch.autograd.grad(expected, weights)
    for mine, other in zip(torch.autograd.grad(d.loss(), weights), theirs, strict=True):
        torch.testing.assert_close(mine, other, rtol=1e-3, atol=1e-6)


def test_discriminator_maximises_it_and_ranks_real_features_higher(duel: Callable[..., Any]) -> None:
    d = duel("mmd(rank=3.0, penalty=0.0)")
    real, fake = code(d, d.x), code(d, d.samples)
    excess = torch.relu(fake.mean(0) - real.mean(0)).mean()
    assert excess > 0
    torch.testing.assert_close(d.loss(), 3 * excess - discrepancy(real, fake), rtol=1e-4, atol=1e-5)


def test_penalty_holds_the_slope_of_the_witness_function_near_1(duel: Callable[..., Any]) -> None:
    d = duel("mmd(rank=0.0, penalty=2.0)")
    loss = d.loss()
    mix = d.game.noise.tensors["mmd#1"].reshape(6, 1)
    at = (mix * d.x + (1 - mix) * d.samples).detach().requires_grad_()
    real, fake = code(d, d.x), code(d, d.samples)
    witness = kernel(code(d, at), real).mean(1) - kernel(code(d, at), fake).mean(1)
    slope = torch.autograd.grad(witness.sum(), at)[0].norm(dim=1)
    torch.testing.assert_close(loss, 2 * (slope - 1).square().mean() - discrepancy(real, fake), rtol=1e-4, atol=1e-5)


def test_every_layer_of_the_discriminator_learns(duel: Callable[..., Any]) -> None:
    d = duel("mmd")
    for name, slope in zip(
        dict(d.discriminator.named_parameters()),
        torch.autograd.grad(d.loss(), list(d.discriminator.parameters()), allow_unused=True),
        strict=True,
    ):
        assert name.endswith("bias") or slope.abs().max() > 1e-6


def test_rows_that_top_k_leaves_out_are_not_compared(duel: Callable[..., Any]) -> None:
    d = duel("mmd+top-k(nu=0.5, gamma=0.5)", "generator", progress=1.0)
    kept = d.samples[d.fake.topk(3).indices]
    torch.testing.assert_close(d.loss(), discrepancy(code(d, d.x), code(d, kept)), rtol=1e-4, atol=1e-6)


def test_one_row_that_is_left_gives_a_finite_loss(duel: Callable[..., Any]) -> None:
    d = duel("mmd+top-k(nu=0.01, gamma=0.01)", "generator", progress=1.0)
    assert d.loss().isfinite()


@pytest.mark.parametrize("parameter", ["rank", "penalty"])
def test_negative_weights_are_refused(duel: Callable[..., Any], parameter: str) -> None:
    with pytest.raises(BadParameter, match=rf"{parameter} = -1\.0"):
        duel(f"mmd({parameter}=-1.0)")
