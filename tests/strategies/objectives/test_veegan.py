from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

import gancheck as gc
from gancheck.errors import BadParameter


def pairs(d: Any) -> tuple[Tensor, Tensor]:
    """(x, F(x)) and (G(z), z), by plain calls."""
    return torch.cat([d.x, d.modules["reconstructor"](d.x)], 1), torch.cat([d.generator(d.z), d.z], 1)


def test_discriminator_tells_reconstructed_from_generated_pairs(duel: Callable[..., Any]) -> None:
    d = duel("veegan")
    loss = d.loss()
    real, fake = map(d.discriminator, pairs(d))
    expected = torch.log1p(torch.exp(-real)).mean() + torch.log1p(torch.exp(fake)).mean()
    torch.testing.assert_close(loss, expected)


def test_generator_and_reconstructor_minimise_the_papers_loss(duel: Callable[..., Any]) -> None:
    d = duel("veegan(weight=0.7)", "generator")
    loss = d.loss()
    error = sum(((z - again) ** 2).sum() for z, again in zip(d.z, d.modules["reconstructor"](d.samples), strict=True))
    expected = -d.discriminator(pairs(d)[1]).mean() + 0.7 * error / len(d.z)
    torch.testing.assert_close(loss, expected)
    for player in ("generator", "reconstructor"):
        weights = list(d.modules[player].parameters())
        theirs = torch.autograd.grad(expected, weights, retain_graph=True)
        for mine, other in zip(torch.autograd.grad(loss, weights, retain_graph=True), theirs, strict=True):
            torch.testing.assert_close(mine, other, rtol=1e-4, atol=1e-7)


def test_reconstructor_shares_the_generators_loss_and_turn(duel: Callable[..., Any]) -> None:
    assert duel("veegan").game.players.team("generator") == ("generator", "reconstructor")


def test_on_images_latents_are_constant_channels(registry: gc.Registry) -> None:
    data = gc.DataSpec((1, 8, 8), low=-1, high=1)
    d = gc.testing.game("veegan", data=data, gan="dcgan", registry=registry, width=4, latent=3)
    again = d.modules["reconstructor"](d.x)
    assert torch.equal(d.game.real[:, 1:], again[:, :, None, None].expand(6, 3, 8, 8))
    assert torch.equal(d.game.fake[:, 1:], d.z[:, :, None, None].expand(6, 3, 8, 8))


def test_packs_and_penalties_act_on_the_joint_discriminator(
    train: Callable[..., Any], apart: Callable[..., float]
) -> None:
    alone = train("veegan", steps=2)
    for other in ("pacgan", "r1"):
        assert apart(train(f"veegan+{other}", steps=2), alone) > 1e-7


def test_an_untrained_reconstructor_is_refused(duel: Callable[..., Any]) -> None:
    with pytest.raises(BadParameter, match=r"weight = 0\.0 must be positive"):
        duel("veegan(weight=0.0)")
