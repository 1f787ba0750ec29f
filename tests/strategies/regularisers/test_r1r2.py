from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch


def test_penalty_is_half_gamma_times_both_squared_slopes(duel: Callable[..., Any]) -> None:
    d = duel("r1r2(gamma=4.0)")
    at_real = d.slope(d.x).square().sum(1).mean()
    at_fake = d.slope(d.generator(d.z)).square().sum(1).mean()
    torch.testing.assert_close(d.loss(), duel("none").loss() + 2 * (at_real + at_fake))
    assert abs(at_real - at_fake) > 1e-4  # so that a mix-up of the two would show


def test_r3gan_is_the_pairing_loss_with_both_penalties(duel: Callable[..., Any]) -> None:
    d = duel("rpgan+r1r2(gamma=4.0)")
    added = duel("none+r1r2(gamma=4.0)").loss() - duel("none").loss()
    torch.testing.assert_close(d.loss(), duel("rpgan").loss() + added)
