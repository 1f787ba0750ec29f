from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from torch import nn

import gancheck as gc
from gancheck.engine import Engine
from gancheck.errors import BadPlugin
from gancheck.lesson import Lesson
from gancheck.trained import Trained

Train = Callable[..., list[Trained]]


def test_every_strategy_starts_from_the_same_tensors(lesson: Callable[..., Lesson], catalogue: gc.Catalogue) -> None:
    plain = Engine(lesson("none")).weights
    assert not plain["generator"]["0.weight"][0].equal(plain["generator"]["0.weight"][1])
    shared = dict.fromkeys(catalogue.names("strategy"), 0)
    for strategy in shared:
        for player, params in Engine(lesson(strategy)).weights.items():
            for name, tensor in params.items():
                theirs = plain.get(player, {}).get(name)
                if theirs is not None and theirs.shape == tensor.shape:
                    shared[strategy] += 1
                    assert tensor.equal(theirs), f"{strategy}: {player} {name}"
    assert min(shared.values()) >= 6  # the whole generator at least
    assert {name for name, count in shared.items() if count < 12} == {
        *("pacgan", "minibatch-std", "minibatch-discrimination")
    }


def test_a_gan_that_builds_no_players_is_refused(train: Train) -> None:
    class Empty(gc.Gan):
        def build(self, data: gc.DataSpec) -> Any:
            return nn.Linear(2, 2), nn.Linear(2, 1)

    for recipe in ("none", "pacgan"):
        with pytest.raises(BadPlugin, match=r"build\(\) returned tuple; it must return gancheck.Players"):
            train(recipe, gan=Empty())


class Frozen(gc.Gan):
    """Half of each player is fixed, as a pretrained feature network is."""

    def build(self, data: gc.DataSpec) -> gc.Players:
        sides = [nn.Sequential(nn.Linear(n, 8), nn.Tanh(), nn.Linear(8, m)) for n, m in ((3, 2), (2, 1))]
        for side in sides:
            side[0].requires_grad_(False)
        return gc.Players(*sides, gc.Latent(3))


def test_frozen_parameters_stay_as_they_are(lesson: Callable[..., Lesson]) -> None:
    engine = Engine(lesson(gan=Frozen()))
    frozen = engine.cast.buffers["discriminator"]["0.weight"].clone()
    start = engine.cast.buffers["generator"]["0.weight"][0].clone()
    records = engine.train()
    assert engine.buffers["discriminator"]["0.weight"].equal(frozen)
    assert records[0].snapshots[20]["0.weight"].equal(start)
    assert records[0].snapshots[20].keys() == {"0.weight", "0.bias", "2.weight", "2.bias"}
