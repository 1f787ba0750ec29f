from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn

import gancheck as gc
from gancheck.errors import BadParameter


def discriminator(registry: gc.Registry, side: int) -> Any:
    gan = registry.build("gan", "sngan-resnet", width=4, discriminator_width=4)
    return gan.build(gc.DataSpec((3, side, side), low=-1, high=1)).discriminator


def test_at_32_pixels_and_the_papers_width_the_blocks_are_the_papers(registry: gc.Registry) -> None:
    gan = registry.build("gan", "sngan-resnet", width=256, discriminator_width=128)
    with torch.device("meta"):
        players = gan.build(gc.DataSpec((3, 32, 32), low=-1, high=1))
    counts = {
        p: sum(m.kernel_size == (3, 3) for m in n.modules() if isinstance(m, nn.Conv2d))
        for p, n in players.modules.items()
    }
    assert counts == {"generator": 7, "discriminator": 8}
    assert players.generator[0].out_features == 4 * 4 * 256  # type: ignore[index, union-attr]
    assert players.discriminator[-1].in_features == 128  # type: ignore[index, union-attr]


@pytest.mark.parametrize(("side", "last"), [(8, 4), (16, 8), (28, 7), (32, 8), (64, 8)])
def test_the_discriminator_halves_until_the_side_is_at_most_eight(registry: gc.Registry, side: int, last: int) -> None:
    maps = discriminator(registry, side)[:-3](torch.zeros(2, 3, side, side))
    assert maps.shape == (2, 4, last, last)


def test_the_logit_is_linear_in_the_sum_over_pixels(registry: gc.Registry) -> None:
    network, x = discriminator(registry, 16), torch.randn(3, 3, 16, 16)
    maps = network[:-2](x)
    torch.testing.assert_close(network(x), maps.sum((2, 3)) @ network[-1].weight.T)


def test_it_has_no_spectral_normalisation_of_its_own_and_takes_the_strategy(
    registry: gc.Registry, train: Callable[..., Any], apart: Callable[..., float]
) -> None:
    assert not any("parametrizations" in name for name, _ in discriminator(registry, 8).named_modules())
    gan = registry.build("gan", "sngan-resnet", width=4, discriminator_width=4, latent=4)
    hinge, both = (
        train(recipe, gan=gan, data="digits", steps=2, seeds=(0,)) for recipe in ("hinge", "hinge+spectral-norm")
    )
    assert apart(hinge, both) > 1e-6


def test_a_misspelt_parameter_is_refused(registry: gc.Registry) -> None:
    with pytest.raises(BadParameter, match="width = 'wide'"):
        registry.build("gan", "sngan-resnet", width="wide")
