from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from gancheck.errors import BadParameter
from gancheck.strategies.regularisers.spectral_regularisation import SpectralRegularisation, compensate
from gancheck.training.trainer import Trainer


def values(weight: Tensor) -> Tensor:
    return torch.linalg.svdvals(weight.flatten(1))


def filters() -> Tensor:
    return torch.randn(6, 3, 4, 4, generator=torch.Generator().manual_seed(0))


def test_first_singular_values_are_alike_and_the_others_keep_their_share() -> None:
    weight = filters()
    s = values(weight)
    played = compensate(weight, SpectralRegularisation(share=0.5).vectors(weight.flatten(1)))
    assert played.shape == weight.shape
    torch.testing.assert_close(values(played), torch.cat([torch.ones(3), s[3:] / s[0]]))


def test_gradient_is_that_of_the_papers_formula_with_constant_vectors() -> None:
    weight, target = filters().double().flatten(1).requires_grad_(), torch.randn(6, 48, dtype=torch.float64)
    u, _, vt = torch.linalg.svd(weight.detach(), full_matrices=False)
    top, raised = u[:, 0] @ weight @ vt[0], weight
    for i in range(3):
        raised = raised + (top - u[:, i] @ weight @ vt[i]) * torch.outer(u[:, i], vt[i])
    theirs = torch.autograd.grad((raised / top * target).sum(), weight)[0]
    vectors = SpectralRegularisation(share=0.5).vectors(weight.detach())
    ours = torch.autograd.grad((compensate(weight, vectors) * target).sum(), weight)[0]
    torch.testing.assert_close(ours, theirs)


def test_raising_none_is_spectral_normalisation(duel: Callable[..., Any]) -> None:
    ours, other = duel("spectral-regularisation(share=0.0)"), duel("spectral-norm")
    torch.testing.assert_close(ours.loss(), other.loss(), rtol=1e-3, atol=1e-3)


def test_every_critic_plays_with_it_and_the_generator_does_not(duel: Callable[..., Any]) -> None:
    d = duel("d2gan+spectral-regularisation")
    for critic in d.game.critics:
        hidden = d.game.constrained_weights(critic)["3.weight"]
        torch.testing.assert_close(values(hidden)[:4], torch.ones(4))
    assert all(w is d.game.weights["generator"][n] for n, w in d.game.constrained_weights("generator").items())


def test_vectors_follow_the_weights(setup: Callable[..., Any]) -> None:
    trainer = Trainer(setup("spectral-regularisation", steps=11, players={}, critic_steps=1))
    trainer.train()
    weights, memory = trainer.replicas.weights["discriminator"], trainer.replicas.memory["spectral-regularisation"]
    for name, vectors in memory["discriminator"].items():
        for weight, own in zip(weights[name], vectors, strict=True):
            kept = values(compensate(weight, own))[: own.shape[1]]
            torch.testing.assert_close(kept, torch.ones_like(kept), rtol=0.02, atol=0.02)


@pytest.mark.parametrize("parameter", ["share=1.5", "share=-0.1", "period=0"])
def test_parameters_out_of_range_are_refused(duel: Callable[..., Any], parameter: str) -> None:
    with pytest.raises(BadParameter, match=parameter.replace("=", " = ")):
        duel(f"spectral-regularisation({parameter})")


def test_a_layer_that_starts_at_zero_gives_finite_logits(duel: Callable[..., Any]) -> None:
    d = duel("spectral-regularisation")
    with torch.no_grad():
        d.discriminator[-1].weight.zero_()
    assert d.game.real_logits.isfinite().all()
