from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits as cross_entropy

import gancheck as gc
from gancheck.errors import BadParameter


def loss_of_generator(d: Any, weight: float) -> Tensor:
    """The paper's two losses, by plain calls."""
    encoded, body = d.modules["encoder"](d.x), d.discriminator[:-1]
    made = d.generator(encoded)
    score = (torch.sigmoid(d.real).mean() - torch.sigmoid(d.fake).mean()).abs()
    apart = (body(made) - body(d.samples)).mean() - (3 / 8) ** 0.5 * (encoded - d.z).mean()
    return score + (body(d.x) - body(made)).square().mean() + weight * apart.square()


def test_generator_and_encoder_minimise_score_reconstruction_and_distances(duel: Callable[..., Any]) -> None:
    d = duel("dist-gan(weight=3.0)", "generator")
    loss, expected = d.loss(), loss_of_generator(d, 3)
    torch.testing.assert_close(loss, expected)
    for player in ("generator", "encoder"):
        weights = list(d.modules[player].parameters())
        theirs = torch.autograd.grad(expected, weights, retain_graph=True)
        for mine, other in zip(torch.autograd.grad(loss, weights, retain_graph=True), theirs, strict=True):
            torch.testing.assert_close(mine, other, rtol=1e-4, atol=1e-7)
        assert max(slope.abs().max() for slope in theirs) > 1e-4


def test_discriminator_takes_reconstructions_for_real(duel: Callable[..., Any]) -> None:
    d = duel("dist-gan(share=0.2, penalty=2.0)")
    loss = d.loss()
    mix = d.game.noise.tensors["dist-gan#1"].reshape(6, 1)
    made = d.discriminator(d.generator(d.modules["encoder"](d.x))).flatten()
    slope = d.slope(mix * d.x + (1 - mix) * d.samples)
    one, zero = torch.ones(6), torch.zeros(6)
    expected = 0.8 * cross_entropy(d.real, one) + 0.2 * cross_entropy(made, one) + cross_entropy(d.fake, zero)
    expected = expected + 2 * (slope.square().mean(1).sqrt() - 1).square().mean()
    torch.testing.assert_close(loss, expected)


def test_encoder_moves_with_the_generator(duel: Callable[..., Any]) -> None:
    players = duel("dist-gan").game.players
    assert players.team("generator") == ("generator", "encoder")
    assert players.turn("encoder") == "generator"


@pytest.mark.parametrize("recipe", ["dist-gan+pacgan", "dist-gan+minibatch-std+instance-noise"])
def test_other_strategies_act_on_reconstructions_too(duel: Callable[..., Any], recipe: str) -> None:
    for phase in ("discriminator", "generator"):
        assert duel(recipe, phase).loss().isfinite()


def test_images_are_encoded_by_convolutions(registry: gc.Registry) -> None:
    data = gc.DataSpec((1, 8, 8), low=-1, high=1)
    d = gc.testing.game("dist-gan", "generator", data=data, gan="dcgan", registry=registry, width=4, latent=3)
    assert d.modules["encoder"](d.x).shape == (6, 3)
    assert d.loss().isfinite()


@pytest.mark.parametrize("parameter", ["weight=-1.0", "share=1.5", "penalty=-0.1"])
def test_parameters_out_of_range_are_refused(duel: Callable[..., Any], parameter: str) -> None:
    with pytest.raises(BadParameter, match=parameter.replace("=", " = ")):
        duel(f"dist-gan({parameter})")


def test_codes_that_real_samples_have_not_are_refused(train: Callable[..., Any]) -> None:
    with pytest.raises(BadParameter, match="dist-gan needs a generator without codes"):
        train("dist-gan+mixture-latent", steps=1)
