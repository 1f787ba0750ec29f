from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
import torch

import gancheck as gc
from gancheck.errors import BadParameter
from gancheck.gans.heads import has_head
from gancheck.training.vectorise import ExecutionPath

BN = torch.nn.BatchNorm2d
LAYERS = (torch.nn.Linear, torch.nn.Conv2d, torch.nn.ConvTranspose2d)


@pytest.mark.parametrize(("side", "channels"), [(8, 1), (16, 3), (28, 1), (32, 3), (64, 3)])
def test_players_fit_square_images(registry: gc.Registry, side: int, channels: int) -> None:
    spec = gc.DataSpec((channels, side, side), low=-1, high=1)
    players = registry.build("gan", "dcgan", width=4, latent=6).build(spec)
    samples = players.generator(10 * torch.randn(3, 6))
    assert samples.shape == (3, *spec.shape)
    assert samples.abs().max() <= 1
    assert players.discriminator(samples).shape == (3, 1)
    assert has_head(players.discriminator)


def test_channels_double_with_every_halving_of_the_side(registry: gc.Registry) -> None:
    discriminator = registry.build("gan", "dcgan", width=4).build(gc.DataSpec((3, 32, 32))).discriminator
    shapes = [tuple(m.weight.shape) for m in discriminator if isinstance(m, torch.nn.Conv2d)]
    assert shapes == [(8, 3, 4, 4), (16, 8, 4, 4), (32, 16, 4, 4)]


@pytest.mark.parametrize("shape", [(2,), (1, 12, 12), (3, 8, 16)])
def test_other_shapes_are_refused_in_a_line(registry: gc.Registry, shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="dcgan takes square images of side 8, 16, 28, 32 or 64, not samples of shape"):
        registry.build("gan", "dcgan").build(gc.DataSpec(shape))


def test_seeds_trained_together_are_what_they_are_one_by_one(
    registry: gc.Registry, train: Callable[..., Any], apart: Callable[..., float]
) -> None:
    gan = registry.build("gan", "dcgan", width=4, latent=6)
    stacked = train("r1", gan=gan, data="digits", steps=3)
    looped = train("r1", gan=gan, data="digits", steps=3, path=ExecutionPath("looped", "eager"))
    assert apart(stacked, looped) < 1e-5


def test_images_of_28_pixels_come_from_maps_of_7(registry: gc.Registry) -> None:
    generator = registry.build("gan", "dcgan", width=4, latent=6).build(gc.DataSpec((1, 28, 28))).generator
    shapes = [tuple(generator[:i](torch.zeros(2, 6)).shape[1:]) for i in (2, 4, 6)]
    assert shapes == [(16, 7, 7), (8, 14, 14), (4, 28, 28)]


def test_batch_normalisation_leaves_out_the_ends_and_takes_the_place_of_biases(registry: gc.Registry) -> None:
    players = registry.build("gan", "dcgan", width=4, normalisation="batch").build(gc.DataSpec((3, 32, 32)))
    channels = {p: [m.num_features for m in net.modules() if isinstance(m, BN)] for p, net in players.modules.items()}
    assert channels == {"generator": [32, 16, 8, 4], "discriminator": [16, 32]}
    for network in players.modules.values():
        layers = [m for m in network.modules() if isinstance(m, LAYERS)]
        followed = [
            isinstance(after, BN | torch.nn.Unflatten) for m, after in pairwise(network) if isinstance(m, LAYERS)
        ]
        followed += [False] * (len(layers) - len(followed))
        assert [m.bias is None for m in layers] == followed


def test_an_unknown_normalisation_is_refused(registry: gc.Registry) -> None:
    with pytest.raises(BadParameter, match="normalisation = 'group'"):
        registry.build("gan", "dcgan", normalisation="group")


def test_the_discriminator_may_be_narrower_than_the_generator(registry: gc.Registry) -> None:
    players = registry.build("gan", "dcgan", width=8, discriminator_width=2).build(gc.DataSpec((3, 28, 28)))
    channels = {
        p: [m.out_channels for m in n.modules() if isinstance(m, LAYERS[1:])] for p, n in players.modules.items()
    }
    assert channels == {"generator": [16, 8, 3], "discriminator": [4, 8]}
