"""A discriminator that gives probabilities, and a generator that takes latents of another shape, are told so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import gancheck as gc
from gancheck.errors import BadPlugin
from gancheck.training.trainer import Trainer


class Squashed(nn.Module):
    """Ends in a function of its own."""

    def __init__(self, end: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.layer, self.end = nn.Linear(2, 1), end

    def forward(self, x: Tensor) -> Tensor:
        return self.end(self.layer(x))


FLAT, LINEAR = gc.Latent(3), nn.Linear(3, 2)


@gc.gan("ending")
@dataclass(frozen=True)
class Ending(gc.Gan):
    """A GAN with a given discriminator."""

    discriminator: Any
    latent: gc.Latent = FLAT
    generator: Any = LINEAR

    def build(self, data: gc.DataSpec) -> gc.Players:
        return gc.Players(self.generator, self.discriminator, self.latent)


@pytest.mark.parametrize(
    "discriminator",
    [
        nn.Sequential(nn.Linear(2, 4), nn.ReLU(), nn.Linear(4, 1), nn.Sigmoid()),
        nn.Sequential(nn.BatchNorm1d(2), nn.Linear(2, 1), nn.Sigmoid(), nn.Flatten(0)),
        nn.Sequential(nn.utils.parametrizations.spectral_norm(nn.Linear(2, 1)), nn.Sigmoid()),
        Squashed(torch.sigmoid),
        Squashed(lambda logits: (torch.tanh(logits) + 1) / 2),
        Squashed(lambda logits: logits.clamp(0, 1)),
    ],
)
def test_probabilities_in_place_of_logits_are_refused_in_training(
    setup: Callable[..., Any], discriminator: nn.Module
) -> None:
    with pytest.raises(BadPlugin, match=r"the discriminator's outputs lie in \[0, 1\] .* leave out the nn\.Sigmoid"):
        Trainer(setup(gan=Ending(discriminator))).train()


def small_logits() -> nn.Module:
    """All logits are .5 at the start, whatever is judged."""
    layer = nn.Linear(2, 1)
    nn.init.zeros_(layer.weight)
    nn.init.constant_(layer.bias, 0.5)
    return nn.Sequential(layer)


@pytest.mark.parametrize(
    "discriminator",
    [
        small_logits(),
        nn.Sequential(nn.Linear(2, 4), nn.Sigmoid(), nn.Linear(4, 1)),
        Squashed(torch.tanh),
        Squashed(lambda logits: logits.square()),  # an energy
        Squashed(lambda logits: torch.relu(logits)),
    ],
)
def test_other_outputs_are_left_alone(setup: Callable[..., Any], discriminator: nn.Module) -> None:
    records = Trainer(setup(gan=Ending(discriminator), steps=1)).train()
    assert [record.status for record in records] == ["done"] * 2


def test_every_critic_is_looked_at(setup: Callable[..., Any]) -> None:
    @gc.strategy("second", family="discriminator")
    @dataclass(frozen=True)
    class Second(gc.Strategy):
        def prepare(self, players: gc.Players, info: gc.BuildInfo) -> gc.Players:
            judge = nn.Sequential(nn.Linear(2, 1), nn.Sigmoid())
            return players.add("discriminator2", judge, role="discriminator")

    with pytest.raises(BadPlugin, match=r"the discriminator2's outputs lie in \[0, 1\]"):
        Trainer(setup(extra=(Second(),))).train()


def convolutional() -> nn.Module:
    """Takes z (n, 3, 1, 1), as everybody's DCGAN does."""
    return nn.Sequential(nn.ConvTranspose2d(3, 2, 1), nn.Flatten())


def test_a_generator_of_one_pixel_latents_says_how_to_write_them(setup: Callable[..., Any]) -> None:
    judge = nn.Linear(2, 1)
    with pytest.raises(BadPlugin) as caught:
        Trainer(setup(gan=Ending(judge, generator=convolutional()))).train()
    assert str(caught.value) == (
        "the generator takes z of shape (n, 3, 1, 1): write gancheck.Latent(3, shape=(3, 1, 1))"
    )


def test_a_generator_that_takes_neither_keeps_its_own_error(setup: Callable[..., Any]) -> None:
    with pytest.raises(RuntimeError, match="mat1 and mat2"):
        Trainer(setup(gan=Ending(nn.Linear(2, 1), generator=nn.Linear(5, 2)))).train()


def test_one_pixel_latents_are_trained_and_drawn_as_flat_ones(
    train: Callable[..., Any], apart: Callable[..., float], registry: gc.Registry
) -> None:
    torch.manual_seed(0)
    judge, plain = nn.Linear(2, 1), nn.Linear(3, 2, bias=False)
    pixel = nn.Sequential(nn.ConvTranspose2d(3, 2, 1, bias=False), nn.Flatten())
    pixel[0].weight.data = plain.weight.data.mT[:, :, None, None].clone()  # type: ignore[operator]
    shaped = train("ema", gan=Ending(judge, gc.Latent(3, shape=(3, 1, 1)), pixel), steps=3)
    flat = train("ema", gan=Ending(judge, gc.Latent(3), plain), steps=3)
    for one, other in zip(shaped, flat, strict=True):
        mine, theirs = one.snapshots[3].generator["0.weight"], other.snapshots[3].generator["weight"]
        torch.testing.assert_close(mine[:, :, 0, 0], theirs.mT)
        torch.testing.assert_close(one.trace["generator_loss"], other.trace["generator_loss"])
