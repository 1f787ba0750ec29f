from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

import gancheck as gc
from gancheck.errors import BadParameter


def test_logits_of_a_real_sample_and_its_neighbour_are_drawn_together(duel: Callable[..., Any]) -> None:
    d = duel("cr(weight=3.0, shift=0.5)")
    loss = d.loss()
    push = 0.5 * d.x.std(0) * (2 * d.game.noise.tensors["cr/shift#1"] - 1)
    change = d.real - d.discriminator(d.x + push).flatten()
    torch.testing.assert_close(loss, duel("none").loss() + 3 * change.square().mean())
    assert change.abs().max() > 1e-3


def test_images_are_shifted_and_mirrored(duel: Callable[..., Any]) -> None:
    how: dict[str, Any] = {"registry": gc.Registry.load(), "data": gc.DataSpec((1, 8, 8), -1, 1), "gan": "dcgan"}
    d = gc.testing.game("cr", **how, width=4, latent=3)
    d.loss()
    assert set(d.game.noise.tensors) == {"cr/down#1", "cr/right#1", "cr/mirror#1"}
    d = gc.testing.game("cr(flip=False)", **how, width=4, latent=3)
    d.loss()
    assert set(d.game.noise.tensors) == {"cr/down#1", "cr/right#1"}


@pytest.mark.parametrize("other", ["pacgan(m=2)", "ali", "d2gan"])
def test_it_acts_on_packs_joint_critics_and_every_critic(duel: Callable[..., Any], other: str) -> None:
    d = duel(f"{other}+cr(shift=0.9)")
    gap = torch.autograd.grad(d.loss() - duel(other).loss(), list(d.modules[d.game.critics[-1]].parameters()))
    assert max(g.abs().max() for g in gap) > 1e-5


def test_no_weight_is_the_untreated_gan(duel: Callable[..., Any]) -> None:
    torch.testing.assert_close(duel("cr(weight=0.0)").loss(), duel("none").loss(), rtol=0, atol=0)


@pytest.mark.parametrize("parameter", ["weight=-1.0", "shift=0.0", "shift=1.0"])
def test_parameters_out_of_range_are_refused(duel: Callable[..., Any], parameter: str) -> None:
    with pytest.raises(BadParameter, match=parameter.replace("=", " = ")):
        duel(f"cr({parameter})")


def test_images_that_would_stay_what_they_are_are_refused(registry: gc.Registry) -> None:
    gan, images = registry.build("gan", "dcgan"), gc.DataSpec((1, 8, 8), -1, 1)
    for name in ("cr", "bcr"):
        still, turned = (registry.build("strategy", name, shift=0.1, flip=flip) for flip in (False, True))
        assert "by no pixel" in still.supports(gan, images)
        assert turned.supports(gan, images) is None
        assert still.supports(gan, gc.DataSpec((2,))) is None
