from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch


def test_penalty_holds_the_slope_near_one_around_real_data(duel: Callable[..., Any]) -> None:
    d = duel("dragan(weight=2.0, spread=0.5)")
    loss = d.loss()
    push, share = d.game.noise.tensors["dragan#1"], d.game.noise.tensors["dragan/share#1"]
    assert push.shape == d.x.shape
    assert share.shape == (len(d.x), 1)  # how far the way is gone, for each sample
    norm = d.slope(d.x + share * 0.5 * d.x.std(correction=0) * push).norm(dim=1)
    torch.testing.assert_close(loss, duel("none").loss() + 2 * ((norm - 1) ** 2).mean())


def test_every_sample_is_pushed_its_own_way(duel: Callable[..., Any]) -> None:
    d = duel("dragan")
    d.loss()
    push = d.game.noise.tensors["dragan#1"]
    assert len(push.unique()) == push.numel()
    assert ((push >= 0) & (push < 1)).all()
