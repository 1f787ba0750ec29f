from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn

import gancheck as gc
from gancheck.errors import BadPlugin
from gancheck.training.record import TrainingRecord
from gancheck.training.replicas import stack_tensors
from gancheck.training.setup import TrainingSetup
from gancheck.training.trainer import Trainer

Train = Callable[..., list[TrainingRecord]]


def test_every_strategy_starts_from_the_same_tensors(
    setup: Callable[..., TrainingSetup], registry: gc.Registry
) -> None:
    plain = Trainer(setup("none")).replicas.weights
    assert not plain["generator"]["0.weight"][0].equal(plain["generator"]["0.weight"][1])
    own = {n for n in registry.names("strategy") if registry.entry("strategy", n).thing.overrides("initial")}
    assert own == {"init"}
    shared = dict.fromkeys(sorted(set(registry.names("strategy")) - own), 0)
    for strategy in shared:
        for player, params in Trainer(setup(strategy)).replicas.weights.items():
            for name, tensor in params.items():
                theirs = plain.get(player, {}).get(name)
                if theirs is not None and theirs.shape == tensor.shape:
                    shared[strategy] += 1
                    assert tensor.equal(theirs), f"{strategy}: {player} {name}"
    assert {name: count for name, count in shared.items() if count < 12} == {
        **{"pacgan": 11, "ali": 11, "paired": 11, "veegan": 11},  # a discriminator with a wider first layer
        **{"minibatch-std": 10, "minibatch-discrimination": 10},  # with another last one
        "normalisation": 10,  # a generator whose layers have no biases
        "fourier-features": 6,  # a discriminator of its own
        **{"mgan": 6, "mad-gan": 6, "stackelberg": 6, "infogan": 6, "presgan": 6},  # a generator of their own
        **{"self-conditioned": 5, "dyngan": 5, "skip-connections": 4, "width": 2},  # both
    }


def test_a_gan_that_builds_no_players_is_refused(train: Train) -> None:
    class Empty(gc.Gan):
        def build(self, data: gc.DataSpec) -> Any:
            return nn.Linear(2, 2), nn.Linear(2, 1)

    for recipe in ("none", "pacgan"):
        with pytest.raises(BadPlugin, match=r"returned tuple; it must return gancheck.Players"):
            train(recipe, gan=Empty())


class Frozen(gc.Gan):
    """Half of each player is fixed, as a pretrained feature network is."""

    def build(self, data: gc.DataSpec) -> gc.Players:
        sides = [nn.Sequential(nn.Linear(n, 8), nn.Tanh(), nn.Linear(8, m)) for n, m in ((3, 2), (2, 1))]
        for side in sides:
            side[0].requires_grad_(False)
        return gc.Players(*sides, gc.Latent(3))


def test_frozen_parameters_stay_as_they_are(setup: Callable[..., TrainingSetup]) -> None:
    trainer = Trainer(setup(gan=Frozen()))
    frozen = trainer.replicas.buffers["discriminator"]["0.weight"].clone()
    start = trainer.replicas.buffers["generator"]["0.weight"][0].clone()
    records = trainer.train()
    assert trainer.replicas.buffers["discriminator"]["0.weight"].equal(frozen)
    assert records[0].snapshots[20].generator["0.weight"].equal(start)
    assert records[0].snapshots[20].generator.keys() == {"0.weight", "0.bias", "2.weight", "2.bias"}


def test_a_rate_that_rises_moves_everybody_from_the_first_step_on(setup: Callable[..., TrainingSetup]) -> None:
    trainer = Trainer(setup(steps=8, default=gc.Optimiser(lr=0.4, warm_up=0.5)))
    trainer.prepare()
    rates = []
    for _ in range(5):
        rates.append(trainer.replicas.rate("generator"))
        weights = [tensor for params in trainer.replicas.weights.values() for tensor in params.values()]
        before = [weight.clone() for weight in weights]
        trainer.step()
        assert not any(now.equal(weight) for now, weight in zip(weights, before, strict=True))
    assert rates == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.4])


def test_replicates_are_stacked_where_the_first_has_been_moved_already() -> None:
    moved, waiting = {"w": torch.zeros(2, device="meta")}, {"w": torch.zeros(2)}
    (stacked,) = stack_tensors([moved, waiting], torch.device("meta")).values()
    assert stacked.is_meta
    assert stacked.shape == (2, 2)
