from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from gancheck.errors import BadParameter
from gancheck.strategies.regularisers.gradient_clipping import GradientClipping


def test_gradients_are_shortened_as_torch_does(duel: Callable[..., Any]) -> None:
    game, source = duel("none").game, torch.Generator().manual_seed(0)
    sizes = {"discriminator": 3.0, "generator": 0.01}
    slopes = {p: {n: s * torch.randn(w.shape, generator=source) for n, w in game.weights[p].items()}
              for p, s in sizes.items()}  # fmt: skip
    clipped = GradientClipping(norm=0.5).gradients(slopes, game)
    for player, own in slopes.items():
        copies = [torch.zeros_like(s).requires_grad_() for s in own.values()]
        for copy, slope in zip(copies, own.values(), strict=True):
            copy.grad = slope.clone()
        torch.nn.utils.clip_grad_norm_(copies, 0.5)
        for copy, mine in zip(copies, clipped[player].values(), strict=True):
            torch.testing.assert_close(mine, copy.grad, rtol=1e-4, atol=1e-6)
    assert all(s.equal(clipped["generator"][n]) for n, s in slopes["generator"].items())


def test_gradients_of_zeros_stay() -> None:
    assert GradientClipping().clip({"w": torch.zeros(3)})["w"].equal(torch.zeros(3))


def test_it_acts_where_gradients_are_longer_than_the_bound(
    train: Callable[..., Any], apart: Callable[..., float]
) -> None:
    plain = train("none", steps=3)
    assert apart(train("gradient-clipping(norm=1e6)", steps=3), plain) == 0
    assert apart(train("gradient-clipping(norm=1e-8)", steps=3), plain) > 1e-7


def test_a_bound_that_is_none_is_refused(duel: Callable[..., Any]) -> None:
    with pytest.raises(BadParameter, match=r"norm = 0\.0"):
        duel("gradient-clipping(norm=0.0)")
