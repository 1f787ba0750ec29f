from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

import gancheck as gc
from gancheck.errors import BadParameter
from gancheck.gans.heads import has_head


@pytest.mark.parametrize("spec", [gc.DataSpec((2,)), gc.DataSpec((1200,)), gc.DataSpec((3, 8, 8), low=-1, high=1)])
def test_players_fit_the_data(registry: gc.Registry, spec: gc.DataSpec) -> None:
    players = registry.build("gan", "mlp", width=8, latent=5).build(spec)
    samples = players.generator(torch.randn(4, 5))
    assert samples.shape == (4, *spec.shape)
    assert players.discriminator(samples).shape == (4, 1)
    assert has_head(players.discriminator)


def test_pixels_stay_in_their_range_and_points_do_not(registry: gc.Registry) -> None:
    gan = registry.build("gan", "mlp", width=8)
    loud = 100 * torch.randn(50, 16)
    assert gan.build(gc.DataSpec((1, 8, 8), low=-1, high=1)).generator(loud).abs().max() <= 1
    assert gan.build(gc.DataSpec((2,))).generator(loud).abs().max() > 1


def test_width_and_depth_are_those_of_both_players(registry: gc.Registry) -> None:
    players = registry.build("gan", "mlp", width=7, depth=3, latent=5).build(gc.DataSpec((2,)))
    shapes = {p: [tuple(m.weight.shape) for m in net if isinstance(m, nn.Linear)] for p, net in players.modules.items()}
    assert shapes == {"generator": [(7, 5), (7, 7), (7, 7), (2, 7)], "discriminator": [(7, 2), (7, 7), (7, 7), (1, 7)]}


@pytest.mark.parametrize("recipe", ["none", "pacgan(m=2)"])
def test_the_discriminator_may_be_narrower_than_the_generator(
    recipe: str, registry: gc.Registry, train: Callable[..., Any]
) -> None:
    gan = registry.build("gan", "mlp", width=7, discriminator_width=3, latent=5)
    players = gan.build(gc.DataSpec((2,)))
    shapes = {p: [tuple(m.weight.shape) for m in net if isinstance(m, nn.Linear)] for p, net in players.modules.items()}
    assert shapes == {"generator": [(7, 5), (7, 7), (2, 7)], "discriminator": [(3, 2), (3, 3), (1, 3)]}
    assert {run.status for run in train(recipe, gan=gan, steps=2)} == {"done"}


def test_a_discriminator_of_the_same_width_changes_nothing(
    registry: gc.Registry, train: Callable[..., Any], apart: Callable[..., float]
) -> None:
    named = registry.build("gan", "mlp", width=16, discriminator_width=16, latent=4)
    assert apart(train(gan=named, steps=3), train(steps=3)) == 0


def test_uniform_latents_fill_their_cube(registry: gc.Registry) -> None:
    latent = registry.build("gan", "mlp", prior="uniform", latent=3).build(gc.DataSpec((2,))).latent
    z = latent.draw(5000, torch.Generator().manual_seed(0))
    assert z.shape == (5000, 3)
    assert z.min() < -0.99
    assert 0.99 < z.max() <= 1
    assert z.mean().abs() < 0.05


def test_unknown_activations_and_sizes_are_refused(registry: gc.Registry) -> None:
    with pytest.raises(BadParameter, match="activation = 'mish'"):
        registry.build("gan", "mlp", activation="mish")
    with pytest.raises(BadParameter, match="latent size = 0"):
        gc.Latent(0)


def test_a_copy_under_another_name_is_a_gan_of_ones_own(
    registry: gc.Registry, tmp_path: Path, train: Callable[..., Any], apart: Callable[..., float]
) -> None:
    """The tutorial: cp models/mlp.py mine.py."""
    mine = tmp_path / "mine.py"
    shutil.copy(registry.entry("gan", "mlp").file, mine)
    mine.write_text(mine.read_text().replace('@gc.gan("mlp")', '@gc.gan("mine")'))
    copied = gc.Registry.load([mine]).build("gan", "mine", width=16, latent=4)
    assert apart(train(gan=copied, steps=3), train(steps=3)) == 0
