from __future__ import annotations

import pytest
import torch
from torch import nn

import gancheck as gc
from gancheck.errors import BadParameter

DATA = gc.DataSpec((3, 28, 28), low=-1, high=1)


@pytest.mark.parametrize(("share", "channels"), [(0.25, [2, 4, 8]), (0.5, [4, 8, 16]), (1.0, [8, 16, 32])])
def test_the_discriminator_has_a_share_of_the_generators_channels(
    registry: gc.Registry, share: float, channels: list[int]
) -> None:
    players = registry.build("gan", "dcgan-metz", discriminator_share=share).build(DATA)
    own = [m.out_channels for m in players.discriminator.modules() if isinstance(m, nn.Conv2d)]
    ups = [m.out_channels for m in players.generator.modules() if isinstance(m, nn.ConvTranspose2d)]
    assert own == channels
    assert ups == [32, 16, 8]


def test_maps_grow_from_4_to_28_and_shrink_again(registry: gc.Registry) -> None:
    players, sides, x = registry.build("gan", "dcgan-metz").build(DATA), [], torch.zeros(2, 256)
    for layer in (*players.generator, *players.discriminator):  # type: ignore[misc]
        x = layer(x)
        sides += [x.shape[-1]] if isinstance(layer, nn.Unflatten | nn.ConvTranspose2d | nn.Conv2d) else []
    assert sides == [4, 7, 14, 28, 28, 14, 7, 4]


def test_a_share_that_leaves_nothing_is_refused(registry: gc.Registry) -> None:
    with pytest.raises(BadParameter, match=r"discriminator_share = 0.0 must be positive"):
        registry.build("gan", "dcgan-metz", discriminator_share=0.0)
