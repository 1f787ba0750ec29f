from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch

import gancheck as gc
from gancheck.errors import BadParameter
from gancheck.strategies.generator.particle_prior import shape_of
from gancheck.strategies.recipe import Recipe
from gancheck.training.trainer import Trainer


def test_latents_are_rows_with_a_little_noise_and_rows_follow_the_generators_loss(duel: Callable[..., Any]) -> None:
    d = duel("particle-prior(particles=5, sigma=0.1, weight=0.7)", "generator", batch=16)
    table = d.modules["prior"].mu
    latents = torch.stack([table[k] + 0.1 * eps for k, eps in zip(d.game.code.tolist(), d.z, strict=True)])
    logits = d.discriminator(d.generator(latents))
    expected = torch.log1p(torch.exp(-logits)).mean() + 0.7 * shape_of(table)
    loss = d.loss()
    torch.testing.assert_close(loss, expected)
    weights = [table, *d.generator.parameters()]
    for mine, other in zip(*(torch.autograd.grad(kind, weights) for kind in (loss, expected)), strict=True):
        torch.testing.assert_close(mine, other, rtol=1e-4, atol=1e-7)


def test_terms_are_the_lacking_deviations_and_the_covariances() -> None:
    table = torch.randn(40, 3, generator=torch.Generator().manual_seed(0)) * torch.tensor([0.3, 1.0, 4.0])
    covariance = torch.cov(table.mT)
    lacking = sum(max(0.0, 1 - (float(covariance[i, i]) + 1e-4) ** 0.5) for i in range(3)) / 3
    off = sum(float(covariance[i, j]) ** 2 for i in range(3) for j in range(3) if i != j) / 3
    torch.testing.assert_close(shape_of(table), torch.tensor(lacking + off))


def test_a_collapsed_table_is_pushed_apart() -> None:
    table = (1e-3 * torch.randn(40, 2, generator=torch.Generator().manual_seed(0))).requires_grad_()
    before = shape_of(table)
    step = torch.autograd.grad(before, table)[0]
    assert ((table - step).std(0) > 2 * table.std(0)).all()
    assert before > 0.9


def test_the_table_learns_at_a_rate_of_its_own_and_its_noise_does_not(setup: Callable[..., Any]) -> None:
    suite = gc.Settings().tuned("generator", lr=0.01, betas=(0.0, 0.9))
    trainer = Trainer(setup("particle-prior(particles=9, ratio=3.0)", steps=3, players=suite.players))
    own = trainer.replicas.optimiser("prior")
    assert (own.lr, own.betas) == (0.03, (0.0, 0.9))
    before = trainer.replicas.weights["prior"]["mu"].clone()
    trainer.train()
    assert list(trainer.replicas.weights["prior"]) == ["mu"]
    assert not trainer.replicas.weights["prior"]["mu"].equal(before)


@pytest.mark.parametrize("mine", ["particle-prior(ratio=2.0)", "deligan(ratio=2.0)"])
@pytest.mark.parametrize("other", ["lr-schedule(player='generator')", "optimiser(player='generator')"])
def test_the_learned_prior_goes_with_the_generator_in_either_order(
    registry: gc.Registry, mine: str, other: str
) -> None:
    for recipe in (f"{mine}+{other}", f"{other}+{mine}"):
        settings = Recipe.parse(recipe, registry).settings(gc.Settings())
        lead = settings.player("generator")
        assert settings.player("prior") == replace(lead, lr=2 * lead.lr)
        assert lead != gc.Settings().player("generator")


def test_other_codes_are_refused(registry: gc.Registry) -> None:
    gan, data = registry.build("gan", "cgan", width=4), registry.build("dataset", "ring8").spec
    assert "needs a generator without codes" in str(Recipe.parse("particle-prior", registry).supports(gan, data))


@pytest.mark.parametrize("parameter", ["particles=1", "sigma=-0.1", "weight=-1.0", "ratio=0.0"])
def test_parameters_out_of_range_are_refused(duel: Callable[..., Any], parameter: str) -> None:
    with pytest.raises(BadParameter, match="needs at least 2 rows, nothing negative, and a positive ratio"):
        duel(f"particle-prior({parameter})")
