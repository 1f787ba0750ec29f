from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from gancheck.errors import BadParameter


def test_penalty_is_the_largest_squared_slope(duel: Callable[..., Any]) -> None:
    d = duel("max-gp(weight=3.0)", activation="tanh")
    loss, mix = d.loss(), d.game.noise.tensors["max-gp#1"]
    squares = d.slope(mix * d.x + (1 - mix) * d.samples).square().sum(1)
    assert squares.max() > 1.01 * squares.median()
    torch.testing.assert_close(loss, duel("none", activation="tanh").loss() + 3 * max(squares.tolist()))


def test_it_works_on_packs(duel: Callable[..., Any]) -> None:
    assert duel("max-gp+pacgan(m=2)").loss() > duel("pacgan(m=2)").loss()


def test_negative_weight_is_refused(duel: Callable[..., Any]) -> None:
    with pytest.raises(BadParameter, match=r"weight = -1\.0"):
        duel("max-gp(weight=-1.0)")
