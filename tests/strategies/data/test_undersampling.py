from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
import torch

import gancheck as gc
from gancheck.errors import BadParameter
from gancheck.strategies.data.undersampling import Undersampling
from gancheck.training.vectorise import ExecutionPath


def test_modes_are_even_and_no_row_comes_twice(train: Callable[..., Any], registry: gc.Registry) -> None:
    seen: list[gc.Batch] = []

    @gc.strategy("watch", family="test")
    @dataclass(frozen=True)
    class Watch(gc.Strategy):
        def discriminator_loss(self, loss: torch.Tensor, game: Any) -> torch.Tensor:
            seen.append(game.batch)
            return loss

    data = registry.build("dataset", "imbalanced-ring8", ratio=4.0)
    how = {"path": ExecutionPath("looped", "eager"), "steps": 2, "seeds": (0,), "batch": 64}
    train("undersampling(times=8)", extra=(Watch(),), data=data, **how)
    for batch in seen:
        assert torch.bincount(batch.y, minlength=8).tolist() == [8] * 8
        assert len(batch.x.unique(dim=0)) == 64


def test_a_single_batch_is_the_untreated_gan(train: Callable[..., Any], apart: Callable[..., float]) -> None:
    how = {"steps": 2, "data": "imbalanced-ring8"}
    assert apart(train("undersampling(times=1)", **how), train("none", **how)) == 0
    for other in ("none", "pacgan+r1"):
        assert apart(train(f"{other}+undersampling", **how), train(other, **how)) > 1e-6


def test_a_gan_that_is_told_the_modes_is_refused(registry: gc.Registry) -> None:
    reason = Undersampling().supports(registry.build("gan", "cgan"), replace(gc.DataSpec((2,)), modes=3))
    assert "as often as real data has them" in str(reason)


def test_fewer_than_one_batch_is_refused(duel: Callable[..., Any]) -> None:
    with pytest.raises(BadParameter, match="times = 0"):
        duel("undersampling(times=0)")


def test_neighbours_are_alike_as_often_as_chance_has_it(duel: Callable[..., Any]) -> None:
    """Packs are made of neighbours, and must not teach sameness."""
    source = torch.Generator().manual_seed(0)
    y = torch.cat([torch.zeros(200), torch.randint(1, 4, (56,), generator=source)]).long()
    d = duel("undersampling", batch=64)
    batch = gc.Batch(torch.randn(256, 2, generator=source), y[torch.randperm(256, generator=source)], torch.arange(256))
    label = d.game.hooks.strategies[0].pick(batch, 64, d.game).y if hasattr(d.game.hooks, "strategies") else None
    assert label is not None
    alike = (label[::2] == label[1::2]).float().mean()
    shares = torch.bincount(label) / len(label)
    assert abs(alike - shares.square().sum()) < 0.25
    assert not label.equal(label.sort().values)
