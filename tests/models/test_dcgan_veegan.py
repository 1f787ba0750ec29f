from __future__ import annotations

import pytest
import torch
from torch import nn

import gancheck as gc


@pytest.fixture(scope="module")
def players(registry: gc.Registry) -> gc.Players:
    torch.manual_seed(0)
    return registry.build("gan", "dcgan-veegan").build(gc.DataSpec((3, 28, 28), low=-1, high=1))


def test_channels_and_kernels_are_those_of_the_published_code(players: gc.Players) -> None:
    kinds = (nn.Conv2d, nn.ConvTranspose2d)
    shapes = {
        p: [tuple(m.weight.shape) for m in n.modules() if isinstance(m, kinds)] for p, n in players.modules.items()
    }
    assert shapes == {
        "generator": [(512, 256, 5, 5), (256, 128, 5, 5), (128, 64, 5, 5), (64, 3, 5, 5)],
        "discriminator": [(64, 3, 5, 5), (128, 64, 5, 5), (256, 128, 5, 5), (512, 256, 5, 5)],
    }


def test_maps_grow_from_2_to_28(players: gc.Players) -> None:
    sides, x = [], torch.zeros(2, 100)
    for layer in players.generator:  # type: ignore[union-attr]
        x = layer(x)
        sides += [x.shape[-1]] if isinstance(layer, nn.Unflatten | nn.ConvTranspose2d) else []
    assert sides == [2, 4, 7, 14, 28]


def test_latents_are_uniform_in_a_hundred_dimensions(players: gc.Players) -> None:
    assert (players.latent.size, players.latent.prior) == (100, "uniform")


def test_weights_start_small_and_those_of_convolutions_within_two_deviations(players: gc.Players) -> None:
    wide = {name: w for m in players.modules.values() for name, w in m.named_parameters() if w.dim() > 1}
    assert all(0.017 < weight.std() < 0.021 for weight in wide.values())
    convolution = next(m for m in players.discriminator.modules() if isinstance(m, nn.Conv2d))
    assert convolution.weight.abs().max() <= 0.04


def test_the_discriminator_is_built_for_packs(registry: gc.Registry) -> None:
    gan = registry.build("gan", "dcgan-veegan", width=2)
    packed = gan.build(gc.DataSpec((3, 28, 28), low=-1, high=1).packed(2)).discriminator
    assert packed(torch.zeros(4, 6, 28, 28)).shape == (4, 1)
