from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from torch import nn

import gancheck as gc

DATA = gc.DataSpec((3, 16, 16), low=-1, high=1)


def players(registry: gc.Registry, data: gc.DataSpec = DATA, **parameters: Any) -> gc.Players:
    torch.manual_seed(0)
    return registry.build("gan", "r3gan", **parameters).build(data)


def blocks(network: nn.Module) -> list[Any]:
    return [module for module in network.modules() if type(module).__name__ == "Block"]


def test_every_block_starts_as_the_identity(registry: gc.Registry) -> None:
    x = torch.randn(2, 16, 5, 5)
    for network in players(registry, width=16, blocks=2).modules.values():
        assert len(blocks(network)) == 6  # two at sides 4, 8, 16
        assert all(block(x).equal(x) for block in blocks(network))


def test_signals_start_with_the_same_variance_at_any_depth(registry: gc.Registry) -> None:
    made = players(registry, width=64, blocks=3, latent=64)
    assert made.generator[:4](torch.randn(256, 64)).var().item() == pytest.approx(1, rel=0.2)  # type: ignore[index]
    x = torch.randn(64, 3, 16, 16)
    seen = made.discriminator[:4](x)  # type: ignore[index]
    assert seen.var().item() == pytest.approx(1, rel=0.2)


def test_the_layers_of_a_path_start_smaller_the_more_blocks_there_are(registry: gc.Registry) -> None:
    """Three layers, so that a path of L blocks is scaled by L^(-1/4) per layer, times the leaky ReLU's gain."""
    for count in (1, 4):
        first, _, second, _, last = blocks(players(registry, width=64, blocks=count).generator)[0].path
        gain = math.sqrt(2 / 1.04) * (3 * count) ** -0.25
        assert first.weight.std().item() == pytest.approx(gain / 8, rel=0.05)
        assert second.weight.std().item() == pytest.approx(gain / 12, rel=0.05)
        assert not last.weight.any()


def test_a_block_is_a_grouped_bottleneck_of_twice_the_channels(registry: gc.Registry) -> None:
    made = players(registry, width=32)
    for network in made.modules.values():
        convolutions = [m for m in blocks(network)[0].modules() if isinstance(m, nn.Conv2d)]
        shapes = [(m.in_channels, m.out_channels, m.kernel_size[0], m.groups) for m in convolutions]
        assert shapes == [(32, 64, 1, 1), (64, 64, 3, 4), (64, 32, 1, 1)]
    assert not any("Norm" in type(m).__name__ for n in made.modules.values() for m in n.modules())


def test_resampling_is_bilinear_and_keeps_what_is_constant(registry: gc.Registry) -> None:
    made = players(registry, width=8)
    up, down = ([m for m in n.modules() if type(m).__name__ == "Resample"] for n in made.modules.values())
    x = torch.randn(2, 3, 4, 4)
    bilinear = nn.functional.interpolate(x, scale_factor=2, mode="bilinear")
    torch.testing.assert_close(up[0](x), bilinear)
    flat = torch.ones(1, 1, 16, 16)
    torch.testing.assert_close(down[0](flat), torch.ones(1, 1, 8, 8))
    ramp = torch.arange(16.0).expand(1, 1, 16, 16)
    torch.testing.assert_close(down[0](ramp)[0, 0, 0, 1:-1], torch.arange(2.5, 14, 2))


@pytest.mark.parametrize("wrong", [{"width": 12}, {"width": 0}, {"blocks": 0}])
def test_widths_that_cannot_be_grouped_are_refused(registry: gc.Registry, wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="r3gan needs"):
        players(registry, **wrong)
