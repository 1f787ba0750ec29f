from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

import gancheck as gc
from gancheck.training.vectorise import ExecutionPath


def pairs(d: Any) -> tuple[Tensor, Tensor]:
    """(x, z of the encoder) and (G(z), z), by plain calls."""
    answers = d.modules["encoder"](d.x)
    mean, log_deviation = answers[:, :3], answers[:, 3:]
    drawn = mean + torch.exp(log_deviation) * d.game.noise.tensors["ali#1"]
    return torch.cat([d.x, drawn], 1), torch.cat([d.generator(d.z), d.z], 1)


def log_sigmoid(logits: Tensor) -> Tensor:
    return -torch.log1p(torch.exp(-logits))


def test_discriminator_tells_encoded_from_generated_pairs(duel: Callable[..., Any]) -> None:
    d = duel("ali")
    loss = d.loss()
    real, fake = map(d.discriminator, pairs(d))
    torch.testing.assert_close(loss, -log_sigmoid(real).mean() - log_sigmoid(-fake).mean())


def test_generator_and_encoder_minimise_the_loss_with_the_sides_exchanged(duel: Callable[..., Any]) -> None:
    d = duel("ali", "generator")
    loss = d.loss()
    real, fake = map(d.discriminator, pairs(d))
    expected = -log_sigmoid(-real).mean() - log_sigmoid(fake).mean()
    torch.testing.assert_close(loss, expected)
    for player in ("generator", "encoder"):
        weights = list(d.modules[player].parameters())
        theirs = torch.autograd.grad(expected, weights, retain_graph=True)
        for mine, other in zip(torch.autograd.grad(loss, weights, retain_graph=True), theirs, strict=True):
            torch.testing.assert_close(mine, other, rtol=1e-4, atol=1e-7)
        assert max(slope.abs().max() for slope in theirs) > 1e-4


def test_encoder_shares_the_generators_loss_and_turn(duel: Callable[..., Any]) -> None:
    players = duel("ali").game.players
    assert players.team("generator") == ("generator", "encoder")
    assert players.turn("encoder") == "generator"


@pytest.mark.parametrize("gan", ["mlp", "dcgan"])
def test_on_images_latents_are_constant_channels(registry: gc.Registry, gan: str) -> None:
    data = gc.DataSpec((1, 8, 8), low=-1, high=1)
    d = gc.testing.game("ali", data=data, gan=gan, registry=registry, width=4, latent=3)
    assert d.modules["encoder"](d.x).shape == (6, 6)
    torch.testing.assert_close(d.game.fake[:, :1], d.generator(d.z))
    assert torch.equal(d.game.fake[:, 1:], d.z[:, :, None, None].expand(6, 3, 8, 8))
    drawn = d.game.real[:, 1:]
    assert torch.equal(drawn, drawn[:, :, :1, :1].expand_as(drawn))
    assert torch.equal(d.game.real[:, :1], d.x)


@pytest.fixture(scope="module")
def alone(train: Callable[..., Any]) -> Any:
    return train("ali", steps=2)


@pytest.mark.parametrize(
    "other",
    [
        *("r1", "dragan", "spectral-norm", "instance-noise", "pacgan", "ema(decay=0.5)"),
        *("unrolled(k=2)", "minibatch-std", "minibatch-discrimination(kernels=4)"),
    ],
)
def test_a_treatment_acts_on_the_joint_discriminator(
    train: Callable[..., Any], apart: Callable[..., float], alone: Any, other: str
) -> None:
    both = train(f"ali+{other}", steps=2)
    assert apart(both, alone) > 1e-7
    assert apart(both, train(other, steps=2)) > 1e-7


def test_r1_is_the_slope_at_samples_and_latents(duel: Callable[..., Any]) -> None:
    d = duel("ali+r1(gamma=4.0)")
    loss = d.loss()
    real, _ = pairs(d)
    penalty = 2 * d.slope(real).square().sum(1).mean()
    torch.testing.assert_close(loss, duel("ali").loss() + penalty)
    assert d.slope(real)[:, 2:].abs().min() > 0


def test_seeds_trained_together_are_what_they_are_one_by_one(
    train: Callable[..., Any], apart: Callable[..., float]
) -> None:
    recipe = "ali+pacgan+r1+ema"
    together = train(recipe, steps=1, path=ExecutionPath())
    assert together[0].path == "stacked-traced"
    assert apart(together, train(recipe, steps=1, path=ExecutionPath("looped", "eager"))) < 1e-6
