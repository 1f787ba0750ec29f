from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn

import gancheck as gc
from gancheck.errors import BadParameter
from gancheck.strategies.recipe import Recipe

IMAGES = gc.DataSpec((1, 8, 8), low=-1, high=1)


def layers(module: nn.Module) -> list[tuple[int, int]]:
    """Inputs and outputs of every layer."""
    return [(m.in_features, m.out_features) for m in module.modules() if isinstance(m, nn.Linear)]


def test_layers_are_added_behind_the_last_hidden_one(duel: Callable[..., Any]) -> None:
    d, plain = duel("depth(layers=2)"), duel("none")
    assert layers(d.generator) == [(3, 8), (8, 8), (8, 8), (8, 8), (8, 2)]
    assert layers(d.discriminator) == [(2, 8), (8, 8), (8, 8), (8, 8), (8, 1)]
    x = plain.x
    for part in plain.discriminator[:-1]:
        x = part(x)
    added = d.discriminator[4]
    for layer in (added[1], added[3]):
        x = nn.functional.leaky_relu(layer(x), 0.2)
    torch.testing.assert_close(d.discriminator(d.x), plain.discriminator[-1](x))


def test_one_player_alone_is_deepened(duel: Callable[..., Any]) -> None:
    d = duel("depth(player='generator')")
    assert (len(layers(d.generator)), len(layers(d.discriminator))) == (4, 3)


def test_every_critic_is_deepened_and_keeps_its_head(duel: Callable[..., Any]) -> None:
    d = duel("d2gan+depth+minibatch-std")
    assert [len(layers(d.modules[critic])) for critic in ("discriminator", "discriminator2")] == [4, 4]


@pytest.mark.parametrize("recipe", ["mgan(k=2)+depth", "infogan(k=2)+depth"])
def test_generators_of_other_strategies_are_deepened(duel: Callable[..., Any], recipe: str) -> None:
    assert (8, 8) in layers(duel(recipe).generator)[2:]
    assert len(layers(duel(recipe).generator)) > len(layers(duel(recipe.removesuffix("+depth")).generator))


def test_maps_are_convolved(registry: gc.Registry) -> None:
    gan = registry.build("gan", "dcgan", width=4, latent=3)
    players = Recipe.parse("depth", registry).players(gan, IMAGES)
    shapes = [
        [tuple(m.weight.shape) for m in n.modules() if isinstance(m, nn.Conv2d)] for n in players.modules.values()
    ]
    assert shapes == [[(4, 4, 3, 3), (1, 4, 3, 3)], [(8, 1, 4, 4), (8, 8, 3, 3)]]
    assert players.discriminator(players.generator(torch.zeros(2, 3))).shape == (2, 1)


def test_what_it_cannot_treat_is_refused(registry: gc.Registry) -> None:
    class Bare(gc.Gan):
        def build(self, data: gc.DataSpec) -> gc.Players:
            return gc.Players(nn.Linear(2, 2), nn.Linear(2, 1), gc.Latent(2))

    reason = Recipe.parse("depth", registry).supports(Bare(), gc.DataSpec((2,)))
    assert "depth: needs a generator whose last hidden activation is a module" in str(reason)
    with pytest.raises(BadParameter, match="layers = 0"):
        Recipe.parse("depth(layers=0)", registry)
