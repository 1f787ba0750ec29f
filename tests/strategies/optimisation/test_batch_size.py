from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import gancheck as gc
from gancheck.errors import BadParameter
from gancheck.strategies.recipe import Recipe


def batch_of(recipe: str, registry: gc.Registry, batch: int = 16) -> int:
    return Recipe.parse(recipe, registry).settings(gc.Settings(batch=batch)).batch


@pytest.mark.parametrize(
    ("recipe", "batch"),
    [
        ("batch-size", 128),
        ("batch-size(factor=0.5)", 8),
        ("pacgan(m=2)+batch-size(factor=3)", 96),
        ("batch-size(factor=3)+pacgan(m=2)", 96),
    ],
)
def test_batches_hold_so_many_samples(registry: gc.Registry, recipe: str, batch: int) -> None:
    assert batch_of(recipe, registry) == batch


def test_a_factor_of_one_is_the_untreated_gan(train: Callable[..., Any], apart: Callable[..., float]) -> None:
    assert apart(train("batch-size(factor=1)", steps=2), train("none", steps=2)) == 0
    assert apart(train("batch-size(factor=2)", steps=2), train("none", steps=2)) > 1e-6


def test_factors_that_leave_no_batch_are_refused(duel: Callable[..., Any], registry: gc.Registry) -> None:
    with pytest.raises(BadParameter, match=r"factor = 0.0"):
        duel("batch-size(factor=0.0)")
    with pytest.raises(BadParameter, match=r"factor = 0.05 leaves 1 of 16"):
        batch_of("batch-size(factor=0.05)", registry)
