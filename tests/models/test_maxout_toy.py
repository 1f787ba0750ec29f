from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

import gancheck as gc
from gancheck.training.vectorise import ExecutionPath

SMALL = {"width": 8, "discriminator_width": 5, "pieces": 3}


def test_layers_are_those_of_the_published_code(registry: gc.Registry) -> None:
    players = registry.build("gan", "maxout-toy").build(gc.DataSpec((2,)))
    shapes = {
        p: [tuple(m.weight.shape) for m in n.modules() if isinstance(m, nn.Linear)] for p, n in players.modules.items()
    }
    assert shapes == {
        "generator": [(400, 2), (400, 400), (400, 400), (400, 400), (2, 400)],
        "discriminator": [(1000, 2), (1000, 200), (1000, 200), (1, 200)],
    }
    assert [m.bias is None for m in players.generator.modules() if isinstance(m, nn.Linear)] == [True] * 4 + [False]


def test_a_unit_is_the_largest_of_its_pieces(registry: gc.Registry) -> None:
    discriminator = registry.build("gan", "maxout-toy", **SMALL).build(gc.DataSpec((2,))).discriminator
    layer, x = discriminator[1], torch.randn(7, 2)  # type: ignore[index]
    maps = x @ layer.linear.weight.T + layer.linear.bias
    expected = torch.stack([maps[:, 3 * unit : 3 * unit + 3].max(1).values for unit in range(5)], 1)
    torch.testing.assert_close(layer(x), expected)


def test_points_are_not_held_in_a_range(registry: gc.Registry) -> None:
    generator = registry.build("gan", "maxout-toy", **SMALL).build(gc.DataSpec((2,))).generator
    with torch.no_grad():
        generator[-2].weight.fill_(1)  # type: ignore[index]
    assert generator(torch.randn(50, 2)).abs().max() > 1


def test_it_trains_on_points_and_seeds_may_be_trained_together(
    registry: gc.Registry, train: Callable[..., Any], apart: Callable[..., float]
) -> None:
    gan = registry.build("gan", "maxout-toy", **SMALL)
    together = train("pacgan+r1", gan=gan, steps=3)
    assert {run.path for run in together} == {"stacked-eager"}
    assert apart(together, train("pacgan+r1", gan=gan, steps=3, path=ExecutionPath("looped", "eager"))) < 1e-5
