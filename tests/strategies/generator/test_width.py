from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn

import gancheck as gc
from gancheck.errors import BadParameter
from gancheck.strategies.recipe import Recipe


def hidden(module: nn.Module) -> list[int]:
    """Units of every layer but the last."""
    layers = [m for m in module.modules() if isinstance(m, nn.Linear)]
    return [layer.out_features for layer in layers[:-1]]


@pytest.mark.parametrize(
    ("parameters", "generator", "discriminator"),
    [("", 16, 16), ("factor=0.5", 4, 4), ("player='generator'", 16, 8), ("player='discriminator'", 8, 16)],
)
def test_hidden_layers_are_widened(
    duel: Callable[..., Any], parameters: str, generator: int, discriminator: int
) -> None:
    d = duel(f"width({parameters})")
    assert hidden(d.generator) == [generator] * 2
    assert hidden(d.discriminator) == [discriminator] * 2


def test_a_width_that_follows_another_stays_so_and_one_of_its_own_is_widened(registry: gc.Registry) -> None:
    gan = registry.build("gan", "mlp", width=4, discriminator_width=6, latent=2)
    players = Recipe.parse("width(factor=3.0)", registry).players(gan, gc.DataSpec((2,)))
    assert (hidden(players.generator), hidden(players.discriminator)) == ([12, 12], [18, 18])


def test_every_critic_is_widened_for_what_it_sees(duel: Callable[..., Any]) -> None:
    d = duel("d2gan+width+pacgan", batch=4)
    for critic in ("discriminator", "discriminator2"):
        assert hidden(d.modules[critic]) == [16, 16]
        assert d.modules[critic][1].in_features == 4


def test_factor_1_is_the_untreated_gan(train: Callable[..., Any], apart: Callable[..., float]) -> None:
    assert apart(train("width(factor=1.0)", steps=2), train("none", steps=2)) == 0


def test_networks_that_others_have_changed_are_refused(duel: Callable[..., Any]) -> None:
    for recipe in ("mgan+width", "minibatch-std+width"):
        with pytest.raises(BadParameter, match="put width before it"):
            duel(recipe)
    assert hidden(duel("width+minibatch-std").discriminator) == [16, 16]


def test_a_gan_without_a_width_is_refused(registry: gc.Registry) -> None:
    class Bare(gc.Gan):
        def build(self, data: gc.DataSpec) -> gc.Players:
            return gc.Players(nn.Linear(2, 2), nn.Linear(2, 1), gc.Latent(2))

    assert "needs a GAN with a parameter" in str(Recipe.parse("width", registry).supports(Bare(), gc.DataSpec((2,))))
    with pytest.raises(BadParameter, match=r"factor = 0\.0 must be positive"):
        Recipe.parse("width(factor=0.0)", registry)


def test_channels_of_convolutions_are_widened(registry: gc.Registry) -> None:
    gan, data = registry.build("gan", "dcgan", width=4, latent=3), gc.DataSpec((1, 8, 8), low=-1, high=1)
    players = Recipe.parse("width", registry).players(gan, data)
    assert players.generator(torch.zeros(2, 3)).shape == (2, 1, 8, 8)
    assert players.generator[0].out_features == 2 * 16 * 8  # type: ignore[index]
