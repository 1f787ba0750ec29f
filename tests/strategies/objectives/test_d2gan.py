from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from gancheck.errors import BadParameter
from gancheck.strategies.objectives.d2gan import log_softplus

WEIGHTS = "d2gan(alpha=0.3, beta=0.7)"


def positive(d: Any, critic: str, x: Tensor) -> Tensor:
    """A discriminator's output: log(1 + exp(logit))."""
    return torch.log1p(torch.exp(d.modules[critic](x).flatten()))


def test_discriminators_minimise_the_papers_loss(duel: Callable[..., Any]) -> None:
    d = duel(WEIGHTS)
    made = d.generator(d.z)
    first = -0.3 * positive(d, "discriminator", d.x).log() + positive(d, "discriminator", made)
    second = positive(d, "discriminator2", d.x) - 0.7 * positive(d, "discriminator2", made).log()
    expected, loss = first.mean() + second.mean(), d.loss()
    torch.testing.assert_close(loss, expected)
    for critic in ("discriminator", "discriminator2"):
        weights = list(d.modules[critic].parameters())
        theirs = torch.autograd.grad(expected, weights, retain_graph=True)
        for mine, other in zip(torch.autograd.grad(loss, weights, retain_graph=True), theirs, strict=True):
            torch.testing.assert_close(mine, other, rtol=1e-4, atol=1e-6)


def test_generator_minimises_the_papers_loss(duel: Callable[..., Any]) -> None:
    d = duel(WEIGHTS, "generator")
    made = d.generator(d.z)
    expected = (0.7 * positive(d, "discriminator2", made).log() - positive(d, "discriminator", made)).mean()
    loss = d.loss()
    torch.testing.assert_close(loss, expected)
    weights = list(d.generator.parameters())
    for mine, other in zip(*(torch.autograd.grad(kind, weights) for kind in (loss, expected)), strict=True):
        torch.testing.assert_close(mine, other, rtol=1e-4, atol=1e-6)


def test_the_second_discriminator_starts_with_weights_of_its_own(duel: Callable[..., Any]) -> None:
    first, second = (duel("d2gan").modules[critic].state_dict() for critic in ("discriminator", "discriminator2"))
    assert first.keys() == second.keys()
    assert not any(tensor.equal(second[name]) for name, tensor in first.items())


def test_logarithm_is_finite_and_steep_where_a_softplus_rounds_to_zero() -> None:
    logits = torch.tensor([-300.0, -20.1, -19.9, -3.0, 0.0, 40.0], requires_grad=True)
    exact = torch.log1p(torch.exp(logits.detach().double())).log()
    exact[0] = -300
    values = log_softplus(logits)
    torch.testing.assert_close(values, exact.float())
    slope = torch.autograd.grad(values.sum(), logits)[0]
    torch.testing.assert_close(slope[:3], torch.ones(3))
    torch.testing.assert_close(slope[4], torch.tensor(0.5 / math.log(2)))


def test_r1_regularises_both_discriminators(duel: Callable[..., Any]) -> None:
    d = duel("d2gan+r1(gamma=4.0)")
    penalty = torch.zeros(())
    for critic in ("discriminator", "discriminator2"):
        x = d.x.clone().requires_grad_()
        slope = torch.autograd.grad(d.modules[critic](x).sum(), x, create_graph=True)[0]
        own = 2 * slope.square().sum(1).mean()
        assert own > 1e-4
        penalty = penalty + own
    torch.testing.assert_close(d.loss(), duel("d2gan").loss() + penalty)


def test_spectral_norm_constrains_both_discriminators(duel: Callable[..., Any]) -> None:
    d = duel("d2gan+spectral-norm")
    for critic in ("discriminator", "discriminator2"):
        matrices = [w for w in d.game.constrained_weights(critic).values() if w.dim() > 1]
        assert len(matrices) > 1
        for matrix in matrices:
            assert torch.linalg.matrix_norm(matrix, 2).item() == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize("treatment", ["minibatch-std", "minibatch-discrimination(kernels=4)"])
def test_both_discriminators_compare_the_samples_of_a_batch(duel: Callable[..., Any], treatment: str) -> None:
    d = duel(f"d2gan+{treatment}")
    alike = d.x[:1].repeat(len(d.x), 1)
    for critic in ("discriminator", "discriminator2"):
        assert (d.modules[critic](d.x)[0] - d.modules[critic](torch.cat([d.x[:1], alike[1:]]))[0]).abs() > 1e-6


@pytest.fixture(scope="module")
def alone(train: Callable[..., Any]) -> Any:
    return train("d2gan", steps=2)


@pytest.mark.parametrize("other", ["r1", "ema(decay=0.5)", "pacgan", "spectral-norm"])
def test_a_treatment_acts_beside_it(
    train: Callable[..., Any], apart: Callable[..., float], alone: Any, other: str
) -> None:
    both = train(f"d2gan+{other}", steps=2)
    assert apart(both, alone) > 1e-7
    assert apart(both, train(other, steps=2)) > 1e-7


@pytest.mark.parametrize("parameter", ["alpha=0.0", "beta=-1.0"])
def test_weights_that_are_not_positive_are_refused(duel: Callable[..., Any], parameter: str) -> None:
    with pytest.raises(BadParameter, match="must be positive"):
        duel(f"d2gan({parameter})")
