from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from gancheck.errors import BadParameter


def test_discriminator_is_held_and_the_generator_moved_where_latents_change(duel: Callable[..., Any]) -> None:
    recipe = "zcr(weight=3.0, spread=2.0, sigma=0.5)"
    d = duel(recipe)
    loss = d.loss()
    close = d.generator(d.z + 0.5 * d.game.noise.tensors["zcr#1"])
    change = d.fake - d.discriminator(close).flatten()
    torch.testing.assert_close(loss, duel("none").loss() + 3 * change.square().mean())
    g = duel(recipe, "generator")
    loss = g.loss()
    close = g.generator(g.z + 0.5 * g.game.noise.tensors["zcr#1"])
    moved = (g.samples - close).square().mean()
    assert moved > 1e-4
    torch.testing.assert_close(loss, duel("none", "generator").loss() - 2 * moved)


def test_generator_is_paid_for_samples_that_move(duel: Callable[..., Any]) -> None:
    g, plain = duel("zcr(spread=1.0)", "generator"), duel("none", "generator")
    loss = g.loss()
    close = g.generator(g.z + 0.05 * g.game.noise.tensors["zcr#1"])
    weights = list(g.generator.parameters())
    paid = torch.autograd.grad(-(g.samples - close).square().mean(), weights)
    base = torch.autograd.grad(plain.loss(), list(plain.generator.parameters()))
    for mine, own, other in zip(torch.autograd.grad(loss, weights), paid, base, strict=True):
        torch.testing.assert_close(mine, own + other)


def test_codes_stay_while_latents_change(duel: Callable[..., Any]) -> None:
    assert duel("mgan(k=3)+zcr").loss() > duel("mgan(k=3)").loss()


@pytest.mark.parametrize("parameter", ["weight=-1.0", "spread=-1.0", "sigma=0.0"])
def test_parameters_out_of_range_are_refused(duel: Callable[..., Any], parameter: str) -> None:
    with pytest.raises(BadParameter, match=parameter.replace("=", " = ")):
        duel(f"zcr({parameter})")
