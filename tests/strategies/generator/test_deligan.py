from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

import gancheck as gc
from gancheck.errors import BadParameter, GancheckError
from gancheck.strategies.recipe import Recipe


def mixed(d: Any) -> Tensor:
    """mu_k + sigma_k * eps, row by row."""
    prior, codes = d.modules["prior"], d.game.code.tolist()
    return torch.stack([prior.mu[k] + prior.sigma[k] * eps for k, eps in zip(codes, d.z, strict=True)])


def test_generator_is_given_latents_of_the_mixture(duel: Callable[..., Any]) -> None:
    d = duel("deligan(components=4, sigma=0.2)", batch=16)
    assert len(set(d.game.code.tolist())) > 2
    torch.testing.assert_close(d.game.samples, d.generator(mixed(d)))


def test_centres_and_widths_follow_the_generators_loss_and_the_papers_term(duel: Callable[..., Any]) -> None:
    d = duel("deligan(components=3, sigma=0.5, weight=0.7)", "generator", batch=16)
    prior = d.modules["prior"]
    logits = d.discriminator(d.generator(mixed(d)))
    expected = torch.log1p(torch.exp(-logits)).mean() + 0.7 * ((prior.sigma - 1) ** 2).mean()
    loss = d.loss()
    torch.testing.assert_close(loss, expected)
    weights = [prior.mu, prior.sigma, *d.generator.parameters()]
    for mine, other in zip(*(torch.autograd.grad(kind, weights) for kind in (loss, expected)), strict=True):
        torch.testing.assert_close(mine, other, rtol=1e-4, atol=1e-7)


def test_discriminator_is_left_alone(duel: Callable[..., Any]) -> None:
    d = duel("deligan")
    real, fake = d.discriminator(d.x), d.discriminator(d.generator(mixed(d)))
    torch.testing.assert_close(d.loss(), torch.log1p(torch.exp(-real)).mean() + torch.log1p(torch.exp(fake)).mean())


def test_noise_is_normal_whatever_the_gans_prior(registry: gc.Registry) -> None:
    gan = registry.build("gan", "mlp", width=4, prior="uniform")
    latent = Recipe.parse("deligan(components=7)", registry).players(gan, gc.DataSpec((2,))).latent
    assert (latent.prior, latent.codes, latent.shares) == ("normal", 7, ())


def test_centres_start_in_the_cube_and_widths_alike(duel: Callable[..., Any]) -> None:
    prior = duel("deligan(sigma=0.3)").modules["prior"]
    assert prior.mu.shape == prior.sigma.shape == (50, 3)
    assert -1 <= prior.mu.min() < -0.8 < 0.8 < prior.mu.max() <= 1
    assert (prior.sigma == 0.3).all()


def test_prior_learns_at_a_rate_of_its_own(registry: gc.Registry) -> None:
    suite = gc.Settings().tuned("generator", lr=0.01, betas=(0.0, 0.9))
    prior = Recipe.parse("deligan(ratio=3.0)", registry).settings(suite).player("prior", "generator")
    assert (prior.lr, prior.betas) == (pytest.approx(0.03), (0.0, 0.9))


def test_rate_of_the_prior_moves_the_prior(train: Callable[..., Any]) -> None:
    moved = [train(f"deligan(ratio={ratio})", steps=1)[0].snapshots[1].weights for ratio in (1.0, 3.0)]
    start = 0.02
    one, three = ((weights["prior"]["sigma"] - start).abs().max() for weights in moved)
    torch.testing.assert_close(three, 3 * one, rtol=1e-3, atol=0)
    for name, tensor in moved[0]["generator"].items():  # both took the first step from the same place
        assert tensor.equal(moved[1]["generator"][name])


@pytest.fixture(scope="module")
def alone(train: Callable[..., Any]) -> Any:
    return train("deligan", steps=2)


@pytest.mark.parametrize("other", ["r1", "ema(decay=0.5)", "pacgan", "spectral-norm"])
def test_a_treatment_acts_beside_it(
    train: Callable[..., Any], apart: Callable[..., float], alone: Any, other: str
) -> None:
    both = train(f"deligan+{other}", steps=2)
    assert apart(both, alone) > 1e-7
    assert apart(train(other, steps=2), both) > 1e-7


def test_untreated_generator_learns_otherwise(
    train: Callable[..., Any], apart: Callable[..., float], alone: Any
) -> None:
    assert apart(train("none", steps=2), alone) > 1e-7


def test_ema_averages_the_prior_too(train: Callable[..., Any], alone: Any) -> None:
    averaged = train("deligan+ema", steps=2)[0].snapshots[2].weights["prior"]
    plain = alone[0].snapshots[2].weights["prior"]
    assert not any(plain[name].equal(averaged[name]) for name in ("mu", "sigma"))


def test_codes_that_mean_something_else_are_refused(duel: Callable[..., Any], registry: gc.Registry) -> None:
    gan, data = registry.build("gan", "cgan", width=4), registry.build("dataset", "ring8").spec
    assert "deligan: needs a generator without codes" in str(Recipe.parse("deligan", registry).supports(gan, data))
    with pytest.raises(GancheckError, match="one meaning of codes, and 10 are here already"):
        duel("mgan+deligan")


@pytest.mark.parametrize(
    ("parameter", "line"),
    [("components=0", "1 or more"), ("weight=-1.0", "0 or more"), ("sigma=0.0", "positive"), ("ratio=0.0", "positive")],
)
def test_bad_parameters_are_refused(duel: Callable[..., Any], parameter: str, line: str) -> None:
    with pytest.raises(BadParameter, match=line):
        duel(f"deligan({parameter})")
