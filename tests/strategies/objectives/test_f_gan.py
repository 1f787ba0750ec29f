from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from gancheck.errors import BadParameter
from gancheck.strategies.objectives.f_gan import BOUNDS, FGan, exp

#: f of the paper's first table, and its derivative, at a ratio u of densities.
GENERATORS: dict[str, tuple[Callable[[Tensor], Tensor], Callable[[Tensor], Tensor]]] = {
    "kl": (lambda u: u * u.log(), lambda u: u.log() + 1),
    "reverse-kl": (lambda u: -u.log(), lambda u: -1 / u),
    "js": (lambda u: u * u.log() - (u + 1) * ((u + 1) / 2).log(), lambda u: (2 * u / (u + 1)).log()),
    "pearson": (lambda u: (u - 1).square(), lambda u: 2 * (u - 1)),
}


@pytest.mark.parametrize("name", GENERATORS)
def test_conjugate_is_the_supremum_of_the_papers_definition(name: str) -> None:
    f, _ = GENERATORS[name]
    logits = torch.linspace(-1.5, 1.5, 7, dtype=torch.float64)
    t, u = BOUNDS[name].activation(logits), torch.linspace(1e-4, 40, 400_000, dtype=torch.float64)
    supremum = torch.stack([(u * each - f(u)).max() for each in t])
    torch.testing.assert_close(BOUNDS[name].conjugate(logits), supremum, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("name", GENERATORS)
def test_bound_is_tight_where_the_discriminator_is_optimal(name: str) -> None:
    p, q = torch.tensor([0.5, 0.3, 0.2]), torch.tensor([0.2, 0.3, 0.5])
    f, slope = GENERATORS[name]
    bound = BOUNDS[name]
    logits = torch.zeros(3, requires_grad=True)
    optimiser = torch.optim.LBFGS([logits], max_iter=60, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimiser.zero_grad()
        value = (q * bound.conjugate(logits)).sum() - (p * bound.activation(logits)).sum()
        value.backward()
        return value

    optimiser.step(loss)
    reached = -loss()
    torch.testing.assert_close(reached.detach(), (q * f(p / q)).sum(), rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(bound.activation(logits).detach(), slope(p / q), rtol=0.01, atol=0.01)


@pytest.mark.parametrize("name", GENERATORS)
def test_players_play_with_activation_and_conjugate(duel: Callable[..., Any], name: str) -> None:
    d, g = duel(f"f-gan(divergence='{name}')"), duel(f"f-gan(divergence='{name}')", "generator")
    bound = BOUNDS[name]
    expected = bound.conjugate(d.fake).mean() - bound.activation(d.real).mean()
    torch.testing.assert_close(d.loss(), expected)
    torch.testing.assert_close(g.loss(), -bound.activation(g.fake).mean())


def test_jensen_shannon_is_the_untreated_gan_up_to_constants(duel: Callable[..., Any]) -> None:
    js = "f-gan(divergence='js')"
    torch.testing.assert_close(duel(js).loss(), duel("none").loss() - 2 * math.log(2))
    torch.testing.assert_close(duel(js, "generator").loss(), duel("none", "generator").loss() - math.log(2))


@pytest.mark.parametrize("name", GENERATORS)
def test_losses_gradients_and_their_squares_are_finite_for_any_logit(name: str) -> None:
    logits = torch.tensor([-1e4, -100.0, -40.0, 0.0, 40.0, 100.0, 1e4], requires_grad=True)
    for part in BOUNDS[name]:
        values = part(logits)
        (slope,) = torch.autograd.grad(values.sum(), logits)
        assert values.isfinite().all()
        assert slope.square().isfinite().all()


def test_the_exponential_is_exact_up_to_its_tangent_and_steep_beyond() -> None:
    x = torch.tensor([-100.0, 0.0, 29.0, 30.0, 31.0], requires_grad=True)
    values = exp(x)
    torch.testing.assert_close(values[:4], x[:4].exp())
    torch.testing.assert_close(values[4], 2 * torch.tensor(30.0).exp())
    torch.testing.assert_close(torch.autograd.grad(values.sum(), x)[0][4], torch.tensor(30.0).exp())


def test_an_unknown_divergence_is_refused() -> None:
    with pytest.raises(BadParameter, match="hellinger"):
        FGan(divergence="hellinger")  # type: ignore[arg-type]
