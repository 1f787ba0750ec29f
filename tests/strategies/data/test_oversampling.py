from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch

import gancheck as gc
from gancheck.errors import BadParameter
from gancheck.strategies.data.oversampling import Oversampling
from gancheck.strategies.recipe import Recipe


def picked(duel: Callable[..., Any], y: torch.Tensor, n: int) -> gc.Batch:
    """What is picked of rows whose only coordinate is their number."""
    rows = torch.arange(len(y))
    game = duel("oversampling", batch=2).game
    return Oversampling().pick(gc.Batch(rows[:, None].float(), y, rows), n, game)


def test_every_mode_is_drawn_alike_and_rows_of_rare_ones_again(duel: Callable[..., Any]) -> None:
    y = torch.tensor([0] * 80 + [1] * 15 + [2] * 5)
    found = picked(duel, y, 6_000)
    shares = torch.bincount(found.y, minlength=3) / 6_000
    torch.testing.assert_close(shares, torch.full((3,), 1 / 3), atol=0.03, rtol=0)
    assert found.y.equal(y[found.index])
    assert found.x[:, 0].equal(found.index.float())
    within = torch.bincount(found.index, minlength=100)[95:] / 2_000
    torch.testing.assert_close(within, torch.full((5,), 1 / 5), atol=0.05, rtol=0)


def test_equal_modes_are_drawn_like_rows(duel: Callable[..., Any]) -> None:
    found = picked(duel, torch.arange(20), 20_000)
    assert (torch.bincount(found.index) / 20_000 - 1 / 20).abs().max() < 0.01


def test_it_draws_more_and_the_batch_stays(registry: gc.Registry) -> None:
    made = Recipe.parse("instance-selection+oversampling(times=3)", registry).settings(gc.Settings())
    assert (made.batch, made.draw) == (128, 9)


def test_it_has_an_effect_where_modes_are_uneven(train: Callable[..., Any], apart: Callable[..., float]) -> None:
    how = {"steps": 2, "data": "imbalanced-ring8"}
    for other in ("none", "pacgan+r1"):
        assert apart(train(f"{other}+oversampling", **how), train(other, **how)) > 1e-6


def test_a_gan_that_is_told_the_modes_is_refused(registry: gc.Registry) -> None:
    reason = Oversampling().supports(registry.build("gan", "cgan"), replace(gc.DataSpec((2,)), modes=3))
    assert "as often as real data has them" in str(reason)
    assert Oversampling().supports(registry.build("gan", "mlp"), gc.DataSpec((2,))) is None


def test_fewer_than_one_batch_is_refused(duel: Callable[..., Any]) -> None:
    with pytest.raises(BadParameter, match="times = 0"):
        duel("oversampling(times=0)")
