from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch


def test_discriminator_wants_logits_beyond_a_margin_of_one(duel: Callable[..., Any]) -> None:
    d = duel("hinge")
    with torch.no_grad():
        d.discriminator[-1].weight *= 20  # so that samples lie on both sides of the margin
    real, fake = d.real, d.fake
    assert ((real > 1).any(), (real < 1).any()) == (True, True)
    expected = sum(max(0.0, 1 - r) for r in real.tolist()) / 6 + sum(max(0.0, 1 + f) for f in fake.tolist()) / 6
    assert abs(d.loss().item() - expected) < 1e-5


def test_generator_raises_its_logits(duel: Callable[..., Any]) -> None:
    d = duel("hinge", "generator")
    torch.testing.assert_close(d.loss(), -d.fake.mean())
