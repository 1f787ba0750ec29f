from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch


def test_discriminator_regresses_real_on_one_and_fake_on_zero(duel: Callable[..., Any]) -> None:
    d = duel("lsgan")
    torch.testing.assert_close(d.loss(), 0.5 * ((d.real - 1) ** 2).mean() + 0.5 * (d.fake**2).mean())


def test_generator_regresses_its_logits_on_one(duel: Callable[..., Any]) -> None:
    d = duel("lsgan", "generator")
    torch.testing.assert_close(d.loss(), 0.5 * ((d.fake - 1) ** 2).mean())
