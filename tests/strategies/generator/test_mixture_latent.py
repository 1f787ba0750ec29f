from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

import gancheck as gc
from gancheck.errors import BadParameter
from gancheck.strategies.recipe import Recipe
from gancheck.training.trainer import Trainer


def test_generator_is_given_latents_of_the_mixture(duel: Callable[..., Any]) -> None:
    d = duel("mixture-latent(components=3, spread=2.0, sigma=0.2)", batch=16)
    centres = d.modules["prior"].mu
    latents = torch.stack([centres[k] + 0.2 * eps for k, eps in zip(d.game.code.tolist(), d.z, strict=True)])
    torch.testing.assert_close(d.game.samples, d.generator(latents))
    assert centres.shape == (3, 3)
    assert 1 < centres.abs().max() <= 2


def test_the_mixture_is_not_trained_and_every_seed_has_its_own(setup: Callable[..., Any]) -> None:
    trainer = Trainer(setup("mixture-latent+ema", steps=3))
    before = trainer.replicas.buffers["prior"]["mu"].clone()
    trainer.train()
    assert torch.equal(trainer.replicas.buffers["prior"]["mu"], before)
    assert not before[0].equal(before[1])
    assert trainer.replicas.weights["prior"] == {}


def test_noise_is_normal_whatever_the_gans_prior(registry: gc.Registry) -> None:
    gan = registry.build("gan", "mlp", width=4, prior="uniform")
    latent = Recipe.parse("mixture-latent", registry).players(gan, gc.DataSpec((2,))).latent
    assert (latent.prior, latent.codes, latent.shares) == ("normal", 10, ())


def test_one_component_of_width_one_without_spread_is_the_normal_prior(duel: Callable[..., Any]) -> None:
    recipe = "mixture-latent(components=1, spread=0.0, sigma=1.0)"
    for phase in ("discriminator", "generator"):
        torch.testing.assert_close(duel(recipe, phase).loss(), duel("none", phase).loss())


@pytest.mark.parametrize("parameter", ["components=0", "spread=-1.0", "sigma=0.0"])
def test_mixtures_that_are_none_are_refused(duel: Callable[..., Any], parameter: str) -> None:
    with pytest.raises(BadParameter, match=parameter.split("=")[0]):
        duel(f"mixture-latent({parameter})")


def test_other_codes_are_refused(registry: gc.Registry, duel: Callable[..., Any]) -> None:
    gan, data = registry.build("gan", "cgan", width=4), registry.build("dataset", "ring8").spec
    assert "needs a generator without codes" in str(Recipe.parse("mixture-latent", registry).supports(gan, data))
    with pytest.raises(BadParameter, match="one meaning of codes"):
        duel("mgan+mixture-latent")
