from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

import gancheck as gc
from gancheck.gans.heads import has_head
from gancheck.training.vectorise import ExecutionPath


@pytest.mark.parametrize(("side", "channels"), [(8, 1), (16, 3), (32, 3)])
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


@pytest.mark.parametrize("shape", [(2,), (1, 28, 28), (3, 8, 16)])
def test_other_shapes_are_refused_in_a_line(registry: gc.Registry, shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="dcgan takes square images of side 8, 16 or 32, not samples of shape"):
        registry.build("gan", "dcgan").build(gc.DataSpec(shape))


def test_seeds_trained_together_are_what_they_are_one_by_one(
    registry: gc.Registry, train: Callable[..., Any], apart: Callable[..., float]
) -> None:
    gan = registry.build("gan", "dcgan", width=4, latent=6)
    stacked = train("r1", gan=gan, data="digits", steps=3)
    looped = train("r1", gan=gan, data="digits", steps=3, path=ExecutionPath("looped", "eager"))
    assert apart(stacked, looped) < 1e-5
