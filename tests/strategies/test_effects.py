"""Nothing is silently without effect: a recipe of two strategies is neither the one nor the other."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import pytest

from gancheck.training.record import TrainingRecord

MINE = ("wgan-clip", "extragradient", "consensus", "top-k(gamma=0.9)", "init", "dropout")
OTHERS = ("r1", "ema(decay=0.5)", "pacgan", "spectral-norm")


@pytest.fixture(scope="module")
def trained(train: Callable[..., Any]) -> Callable[[str], list[TrainingRecord]]:
    """A short training of a recipe, made once."""
    return lru_cache(lambda recipe: train(recipe, steps=2, seeds=(0,)))


@pytest.mark.parametrize("other", OTHERS)
@pytest.mark.parametrize("mine", MINE)
def test_each_of_two_strategies_has_an_effect(
    trained: Callable[[str], list[TrainingRecord]], apart: Callable[..., float], mine: str, other: str
) -> None:
    both = trained(f"{mine}+{other}")
    assert apart(both, trained(mine)) > 1e-6
    assert apart(both, trained(other)) > 1e-6
