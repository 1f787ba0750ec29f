from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.func import functional_call

from gancheck.strategies.regularisers.spectral_norm import divide_by_norm, settle_vector, turn
from gancheck.training.trainer import Trainer


def largest(matrix: Tensor) -> float:
    return torch.linalg.matrix_norm(matrix.flatten(1), 2).item()


def test_played_weights_are_divided_by_their_largest_singular_value(duel: Callable[..., Any]) -> None:
    d = duel("spectral-norm")
    played = d.game.constrained_weights("discriminator")
    for name, weight in d.discriminator.named_parameters():
        if weight.dim() > 1:
            torch.testing.assert_close(played[name], weight / largest(weight), rtol=1e-3, atol=1e-3)
        else:
            assert played[name] is weight


def test_largest_singular_value_stays_at_one_while_training(setup: Callable[..., Any]) -> None:
    trainer = Trainer(setup("spectral-norm", steps=30))
    trainer.prepare()
    for _ in range(30):
        trainer.step()
    weights, memory = trainer.replicas.weights["discriminator"], trainer.replicas.memory["spectral-norm"]
    for i in range(2):
        for name, u in memory["discriminator"].items():
            assert largest(divide_by_norm(weights[name][i], u[i])) == pytest.approx(1, abs=0.02)


def test_logits_are_those_of_the_divided_weights(duel: Callable[..., Any]) -> None:
    d = duel("spectral-norm")
    played = {n: w / largest(w) if w.dim() > 1 else w for n, w in d.discriminator.named_parameters()}
    torch.testing.assert_close(
        d.game.real_logits, functional_call(d.discriminator, played, (d.x,)).flatten(), rtol=1e-3, atol=1e-3
    )


def test_generator_plays_with_its_own_weights(duel: Callable[..., Any]) -> None:
    d = duel("spectral-norm", "generator")
    torch.testing.assert_close(d.game.samples, d.generator(d.z), rtol=0, atol=0)


def test_convolutions_are_normalised_as_matrices_of_filters() -> None:
    weight = torch.randn(6, 3, 4, 4, generator=torch.Generator().manual_seed(0))
    played = divide_by_norm(weight, settle_vector(weight.flatten(1)))
    assert played.shape == weight.shape
    assert largest(played) == pytest.approx(1, abs=0.01)


def test_gradient_treats_the_singular_vectors_as_constants() -> None:
    weight = torch.randn(5, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64).requires_grad_()
    left, _, right = torch.linalg.svd(weight.detach())
    target = torch.randn(5, 4, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    ours = torch.autograd.grad((divide_by_norm(weight, left[:, 0]) * target).sum(), weight)[0]
    theirs = torch.autograd.grad((weight / (left[:, 0] @ weight @ right[0]) * target).sum(), weight)[0]
    torch.testing.assert_close(ours, theirs)


def test_a_penalty_on_the_slope_sees_the_divided_weights(duel: Callable[..., Any]) -> None:
    d = duel("wgan-gp+spectral-norm")  # the penalty is the first to ask for them
    loss = d.loss()
    weights = [w for w in d.discriminator.parameters() if w.dim() > 1]
    ours = torch.autograd.grad(loss, weights)

    u = d.game.memory["spectral-norm"]["discriminator"]
    played = {n: divide_by_norm(w, u[n]) if n in u else w for n, w in d.discriminator.named_parameters()}

    def critic(x: Tensor) -> Tensor:
        return functional_call(d.discriminator, played, (x,)).flatten()

    mix, fake = d.game.noise.tensors["wgan-gp#1"], d.generator(d.z)
    between = (mix * d.x + (1 - mix) * fake).detach().requires_grad_()
    norm = torch.autograd.grad(critic(between).sum(), between, create_graph=True)[0].norm(dim=1)
    expected = critic(fake).mean() - critic(d.x).mean() + 10 * ((norm - 1) ** 2).mean()
    torch.testing.assert_close(loss, expected)
    for mine, theirs in zip(ours, torch.autograd.grad(expected, weights), strict=True):
        torch.testing.assert_close(mine, theirs, rtol=1e-4, atol=1e-5)


def test_a_layer_that_starts_at_zero_stays_finite_and_is_divided_once_it_moves() -> None:
    nothing = torch.zeros(3, 2, requires_grad=True)
    u = settle_vector(nothing.detach())
    played = divide_by_norm(nothing, u)
    (slope,) = torch.autograd.grad(played.sum(), nothing)
    assert not played.any()
    torch.testing.assert_close(slope, torch.ones(3, 2))
    moved = torch.randn(3, 2, generator=torch.Generator().manual_seed(0))
    for _ in range(20):
        u = turn(moved, u)
    assert largest(divide_by_norm(moved, u)) == pytest.approx(1, abs=1e-4)
