from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from gancheck.errors import BadParameter


def steepened(d: Any, factor: float) -> Any:
    """The same game with the last layer of the discriminator so many times as large."""
    with torch.no_grad():
        d.discriminator[-1].weight.mul_(factor)
    return d


def test_only_slopes_above_one_are_penalised(duel: Callable[..., Any]) -> None:
    d = steepened(duel("one-sided-gp(weight=2.0)"), 18.0)
    loss, mix = d.loss(), d.game.noise.tensors["one-sided-gp#1"]
    norms = d.slope(mix * d.x + (1 - mix) * d.samples).norm(dim=1).tolist()
    assert min(norms) < 1 < max(norms)
    penalty = 2 * sum(max(0.0, norm - 1) ** 2 for norm in norms) / len(norms)
    torch.testing.assert_close(loss, steepened(duel("none"), 18.0).loss() + penalty)


def test_a_flat_discriminator_is_left_alone(duel: Callable[..., Any]) -> None:
    flat, plain = steepened(duel("one-sided-gp"), 0.01), steepened(duel("none"), 0.01)
    torch.testing.assert_close(flat.loss(), plain.loss(), rtol=0, atol=0)
    assert all(g.isfinite().all() for g in torch.autograd.grad(flat.loss(), list(flat.discriminator.parameters())))


def test_negative_weight_is_refused(duel: Callable[..., Any]) -> None:
    with pytest.raises(BadParameter, match=r"weight = -1\.0"):
        duel("one-sided-gp(weight=-1.0)")
