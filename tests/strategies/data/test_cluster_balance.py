from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
import torch

import gancheck as gc
from gancheck.errors import BadParameter
from gancheck.strategies.data.cluster_balance import CENTRES, ClusterBalance
from gancheck.strategies.recipe import Recipe
from gancheck.training.look import SeedLook


def study(dataset: gc.Dataset, **how: Any) -> tuple[ClusterBalance, Any]:
    """The strategy, and a game that remembers what it has found."""
    made = ClusterBalance(**how)
    found = made.study(SeedLook.before_building(dataset, torch.device("cpu"), 0, "cluster-balance"))
    return made, SimpleNamespace(memory=found, uniform=lambda name, shape: torch.rand(shape))


def test_modes_that_are_clusters_become_even_without_labels(registry: gc.Registry) -> None:
    dataset = registry.build("dataset", "imbalanced-ring8", ratio=4.0)
    made, game = study(dataset, clusters=8, times=8, rows=2_000)
    assert game.memory[CENTRES].dtype == torch.float32
    batch = dataset.draw(512, torch.Generator().manual_seed(3))
    blind = batch._replace(y=torch.zeros_like(batch.y))
    rows = made.pick(blind, 64, game)
    nearest = dataset.assign(dataset.features(rows.x)).label
    assert torch.bincount(nearest, minlength=8).tolist() == [8] * 8


def test_more_clusters_make_modes_more_even(registry: gc.Registry) -> None:
    dataset = registry.build("dataset", "imbalanced-ring8", ratio=20.0)
    made, game = study(dataset, clusters=50, times=8, rows=5_000)
    batch = dataset.draw(2_048, torch.Generator().manual_seed(3))
    before, after = (
        torch.bincount(dataset.assign(dataset.features(x)).label, minlength=8) / len(x)
        for x in (batch.x, made.pick(batch, 256, game).x)
    )
    assert after.min() > 2 * before.min()
    assert after.max() < before.max()


def test_it_draws_more_and_the_batch_stays(registry: gc.Registry) -> None:
    made = Recipe.parse("cluster-balance(times=3)", registry).settings(gc.Settings())
    assert (made.batch, made.draw) == (128, 3)


@pytest.mark.parametrize("other", ["none", "pacgan+r1", "ema(decay=0.5)+spectral-norm"])
def test_it_has_an_effect_beside_others(train: Callable[..., Any], apart: Callable[..., float], other: str) -> None:
    how = {"steps": 2, "seeds": (0,), "default": gc.Optimiser(lr=0.02)}
    assert apart(train(f"{other}+cluster-balance(rows=500)", **how), train(other, **how)) > 1e-6


@pytest.mark.parametrize("bad", ["clusters=1", "clusters=30, rows=20", "times=1"])
def test_bad_parameters_are_refused(duel: Callable[..., Any], bad: str) -> None:
    with pytest.raises(BadParameter, match=r"clusters = .*times = "):
        duel(f"cluster-balance({bad})")
