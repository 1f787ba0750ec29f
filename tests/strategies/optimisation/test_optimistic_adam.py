from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

import gancheck as gc
from gancheck.errors import BadParameter
from gancheck.strategies.optimisation.optimistic_adam import OptimisticAdam
from gancheck.training.trainer import Trainer


def test_every_move_is_twice_adams_less_the_one_before() -> None:
    state = gc.State({"generator": {"w": torch.zeros(2)}}, {}, torch.tensor(0.0))
    treated = OptimisticAdam()
    state = gc.State(state.weights, treated.memory(state), state.progress)
    steps = [torch.tensor([1.0, -2.0]), torch.tensor([0.5, 3.0]), torch.tensor([0.0, 1.0])]
    expected, last = torch.zeros(2), torch.zeros(2)
    for step in steps:
        before = {"generator": dict(state.weights["generator"])}
        state = state.with_weights("generator", {"w": before["generator"]["w"] - step})
        state = treated.after_update(state, before)
        expected, last = expected - 2 * step + last, step
        torch.testing.assert_close(state.weights["generator"]["w"], expected)


def first_layers(trainer: Trainer) -> dict[str, Tensor]:
    return {
        name: trainer.replicas.weights[name]["0.weight" if name == "generator" else "1.weight"].clone()
        for name in trainer.replicas.weights
    }


def test_the_first_step_is_twice_adams(setup: Callable[..., Any]) -> None:
    plain, treated = Trainer(setup("none", steps=1)), Trainer(setup("optimistic-adam", steps=1))
    start = first_layers(plain)["discriminator"]
    for trainer in (plain, treated):
        trainer.train()
    moved = [first_layers(trainer)["discriminator"] - start for trainer in (plain, treated)]
    torch.testing.assert_close(moved[1], 2 * moved[0], rtol=1e-3, atol=1e-7)


def test_a_game_that_makes_gradient_descent_leave_brings_it_home() -> None:
    """min_x max_y x y: simultaneous gradient steps spiral out, optimistic ones in."""
    ends = []
    for treated in (None, OptimisticAdam()):
        weights = {"x": torch.tensor(1.0), "y": torch.tensor(1.0)}
        state = gc.State({"players": weights}, {}, torch.tensor(0.0))
        state = gc.State(state.weights, treated.memory(state) if treated else {}, state.progress)
        for _ in range(500):
            at = state.weights["players"]
            state = state.with_weights("players", {"x": at["x"] - 0.1 * at["y"], "y": at["y"] + 0.1 * at["x"]})
            state = treated.after_update(state, {"players": at}) if treated else state
        ends.append(float(torch.stack(list(state.weights["players"].values())).norm()))
    assert ends[0] > 10
    assert ends[1] < 0.2


def test_optimisers_that_take_no_steps_of_adams_are_refused(train: Callable[..., Any]) -> None:
    for recipe, default in (
        ("optimistic-adam", gc.Optimiser(name="sgd")),
        ("wgan-clip+optimistic-adam", gc.Optimiser()),
        ("optimistic-adam+wgan-clip", gc.Optimiser()),
        ("optimistic-adam+optimiser(name='rmsprop')", gc.Optimiser()),
    ):
        with pytest.raises(BadParameter, match="repeats Adam's steps"):
            train(recipe, default=default)


def test_a_clipped_critic_stays_clipped(setup: Callable[..., Any]) -> None:
    trainer = Trainer(setup("wgan-clip(c=0.01)+optimiser(name='adam', lr=0.01)+optimistic-adam", steps=3))
    trainer.prepare()
    for _ in range(3):
        trainer.step()
        assert max(w.abs().max() for w in trainer.replicas.weights["discriminator"].values()) <= 0.01
