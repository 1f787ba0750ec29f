from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

import gancheck as gc
from gancheck.errors import BadParameter
from gancheck.strategies.recipe import Recipe


def test_generator_and_encoder_give_real_samples_back_and_fool_with_them(duel: Callable[..., Any]) -> None:
    d = duel("mdgan(distance=0.3, fooling=0.7)", "generator")
    again = d.generator(d.modules["mode-encoder"](d.x))
    error = torch.stack([((x - y) ** 2).mean() for x, y in zip(d.x, again, strict=True)]).mean()
    fooled = -torch.sigmoid(d.discriminator(again)).log().mean()
    expected = torch.log1p(torch.exp(-d.fake)).mean() + 0.3 * error + 0.7 * fooled
    loss = d.loss()
    torch.testing.assert_close(loss, expected)
    for player in ("generator", "mode-encoder"):
        weights = list(d.modules[player].parameters())
        theirs = torch.autograd.grad(expected, weights, retain_graph=True)
        for mine, other in zip(torch.autograd.grad(loss, weights, retain_graph=True), theirs, strict=True):
            torch.testing.assert_close(mine, other, rtol=1e-4, atol=1e-7)


def test_discriminator_and_its_loss_are_left_alone(duel: Callable[..., Any]) -> None:
    torch.testing.assert_close(duel("mdgan").loss(), duel("none").loss())
    assert duel("mdgan").game.players.team("generator") == ("generator", "mode-encoder")


def test_a_joint_critic_judges_what_is_given_back_with_its_latent(duel: Callable[..., Any]) -> None:
    d = duel("ali+mdgan(distance=0.0, fooling=1.0)", "generator")
    latent = d.modules["mode-encoder"](d.x)
    logits = d.discriminator(torch.cat([d.generator(latent), latent], 1))
    expected = duel("ali", "generator").loss() + torch.log1p(torch.exp(-logits)).mean()
    torch.testing.assert_close(d.loss(), expected)


def test_packs_of_what_is_given_back_are_judged(train: Callable[..., Any], apart: Callable[..., float]) -> None:
    assert apart(train("mdgan+pacgan", steps=2), train("pacgan", steps=2)) > 1e-7


@pytest.mark.parametrize("recipe", ["mgan+mdgan", "mdgan+deligan"])
def test_codes_that_real_samples_lack_are_refused(duel: Callable[..., Any], recipe: str) -> None:
    with pytest.raises(BadParameter, match="mdgan needs a generator without codes"):
        duel(recipe, "generator").loss()


def test_a_conditional_gan_is_refused(registry: gc.Registry) -> None:
    gan, data = registry.build("gan", "cgan", width=4), registry.build("dataset", "ring8").spec
    assert "needs a generator without codes" in str(Recipe.parse("mdgan", registry).supports(gan, data))


@pytest.mark.parametrize("parameters", ["distance=-1.0", "fooling=-1.0", "distance=0.0, fooling=0.0"])
def test_terms_that_train_no_encoder_are_refused(duel: Callable[..., Any], parameters: str) -> None:
    with pytest.raises(BadParameter, match="not negative, one positive"):
        duel(f"mdgan({parameters})")
