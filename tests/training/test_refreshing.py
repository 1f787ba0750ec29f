"""What strategies do between steps, outside the graph."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import torch

import gancheck as gc
from gancheck.errors import BadPlugin
from gancheck.training.compiled_step import CompiledStep
from gancheck.training.trainer import Trainer
from gancheck.training.vectorise import ExecutionPath

Refresh = Callable[[gc.State, Any], gc.State]


@gc.strategy("refreshed", family="test")
@dataclass(frozen=True)
class Refreshed(gc.Strategy):
    """Calls a function before every `period`-th step, and adds what it remembers to the generator's loss."""

    change: Refresh
    period: int = 2

    def memory(self, state: gc.State) -> dict[str, Any]:
        return {"count": torch.zeros(()), "nest": {"a": torch.zeros(2)}}

    def refresh(self, state: gc.State, look: gc.Look) -> gc.State:
        return self.change(state, look)

    def generator_loss(self, loss: torch.Tensor, game: gc.Game) -> torch.Tensor:
        return loss + game.memory["count"] * game.samples.square().mean()


def counted(state: gc.State, look: Any) -> gc.State:
    return state.remember("count", state.memory["count"] + 1 + look.step)


def stepped(setup: Callable[..., Any], change: Refresh, steps: int, period: int = 2) -> Trainer:
    """A trainer after some steps."""
    trainer = Trainer(setup("none", extra=(Refreshed(change, period),)))
    trainer.prepare()
    for _ in range(steps):
        trainer.step()
    return trainer


@pytest.mark.parametrize(("period", "steps", "count"), [(1, 3, 1 + 2 + 3), (2, 3, 1 + 3), (2, 2, 1), (5, 3, 1)])
def test_it_happens_before_every_period_th_step_the_first_included(
    setup: Callable[..., Any], period: int, steps: int, count: int
) -> None:
    trainer = stepped(setup, counted, steps, period)
    assert trainer.replicas.memory["count"].tolist() == [count, count]
    assert trainer.replicas.memory["nest"]["a"].shape == (2, 2)


@pytest.mark.parametrize("period", [0, -1])
def test_a_refresh_without_a_period_is_refused(setup: Callable[..., Any], period: int) -> None:
    with pytest.raises(BadPlugin, match=f"strategy 'refreshed' has refresh, but period = {period}; it needs 1 or more"):
        stepped(setup, counted, 1, period)


def test_what_is_remembered_acts_in_the_step_to_come(train: Callable[..., Any], apart: Callable[..., float]) -> None:
    plain, once = train("none", steps=1), train("none", steps=1, extra=(Refreshed(counted),))
    assert apart(plain, once) > 1e-5
    nothing = train("none", steps=1, extra=(Refreshed(lambda state, look: state),))
    assert apart(plain, nothing) == 0


def test_weights_are_changed_in_place_and_seed_by_seed(setup: Callable[..., Any]) -> None:
    def scale(state: gc.State, look: Any) -> gc.State:
        factor = 1 + look.data(1).x.abs().max()
        return state.with_weights("generator", {n: factor * w for n, w in state.generator.items()})

    trainer = Trainer(setup("none", extra=(Refreshed(scale),)))
    trainer.prepare()
    held = trainer.replicas.weights["generator"]["0.weight"]
    before = held.clone()
    trainer.refreshing.before_step()
    assert trainer.replicas.weights["generator"]["0.weight"] is held
    factors = [(held[i] / before[i]).flatten() for i in (0, 1)]
    assert all((f - f[0]).abs().max() < 1e-4 for f in factors)
    assert factors[0][0] != factors[1][0]
    assert (factors[0][0] > 1) & (factors[1][0] > 1)


def test_what_a_refresh_writes_into_its_state_is_a_copy(setup: Callable[..., Any]) -> None:
    def look_only(state: gc.State, look: Any) -> gc.State:
        kept = {n: w.clone() for n, w in state.generator.items()}
        state.weights["generator"]["0.weight"].zero_()
        return state.with_weights("generator", kept)

    trainer = Trainer(setup("none", extra=(Refreshed(look_only),)))
    trainer.prepare()
    before = trainer.replicas.weights["generator"]["0.weight"].clone()
    trainer.refreshing.before_step()
    assert trainer.replicas.weights["generator"]["0.weight"].equal(before)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda s, k: s.remember("count", torch.zeros(3)), "memory 'count' starts as .* and becomes"),
        (
            lambda s, k: s.remember("count", torch.zeros((), dtype=torch.long)),
            "memory 'count' starts as .* and becomes",
        ),
        (lambda s, k: s.remember("nest", {"b": torch.zeros(2)}), "memory 'nest' starts as .* and becomes"),
        (lambda s, k: s.remember("other", torch.zeros(2)), "'other' is remembered"),
        (
            lambda s, k: s.with_weights("generator", {**s.generator, "0.weight": torch.zeros(2)}),
            "strategy 'refreshed', refresh, player 'generator': '0.weight' has shape",
        ),
        (lambda s, k: s.with_weights("generator", {}), "player 'generator': '0.bias' is missing"),
        (lambda s, k: s.nothing, "strategy 'refreshed', refresh, test_refreshing.py line .*: AttributeError"),
    ],
)
def test_what_changes_shape_is_refused(setup: Callable[..., Any], change: Refresh, said: str) -> None:
    with pytest.raises(BadPlugin, match=said):
        stepped(setup, change, 1)


def test_the_step_stays_stacked_and_traced(train: Callable[..., Any], apart: Callable[..., float]) -> None:
    together = train("none", steps=3, extra=(Refreshed(counted),), path=ExecutionPath("stacked", "traced"))
    alone = train("none", steps=3, extra=(Refreshed(counted),), path=ExecutionPath("looped", "eager"))
    assert {record.path for record in together} == {"stacked-traced"}
    assert apart(together, alone) < 1e-5


def restarted(state: gc.State, look: Any) -> gc.State:
    return state.restart("generator") if look.step == 4 else state


def test_an_optimiser_that_starts_anew_moves_as_at_its_first_step(setup: Callable[..., Any]) -> None:
    """Adam's first step is the rate for every weight, whatever the gradient; a later one is not."""
    trainer = stepped(setup, restarted, steps=4)
    before = {n: t.clone() for n, t in trainer.replicas.weights["generator"].items()}
    trainer.step()
    moves = [(t - before[n]).abs().flatten() for n, t in trainer.replicas.weights["generator"].items()]
    rate = trainer.replicas.rate("generator", 4)
    share = (torch.cat(moves) / rate > 0.98).float().mean()
    assert share > 0.9
    plain = stepped(setup, lambda state, look: state, steps=5)
    assert not all(
        t.equal(trainer.replicas.weights["generator"][n]) for n, t in plain.replicas.weights["generator"].items()
    )


def test_a_restart_is_the_same_on_both_ways_of_playing_a_step(setup: Callable[..., Any]) -> None:
    one = stepped(setup, restarted, steps=4)
    other = Trainer(setup("none", extra=(Refreshed(restarted, 2),)))
    other.prepare()
    other.play = CompiledStep(other.replicas, other.order, ExecutionPath("stacked", "compiled"), lambda graph, _: graph)
    for _ in range(4):
        other.step()
    for _ in range(3):
        one.step(), other.step()
    for player, weights in one.replicas.weights.items():
        for name, tensor in weights.items():
            torch.testing.assert_close(tensor, other.replicas.weights[player][name], rtol=1e-5, atol=1e-6)


def test_a_restart_of_some_seeds_or_of_nobody_is_refused(setup: Callable[..., Any]) -> None:
    with pytest.raises(BadPlugin, match=r"'genrator'.*Did you mean 'generator'"):
        stepped(setup, lambda state, look: state.restart("genrator"), steps=1)
    seen: list[bool] = []

    def first(state: gc.State, look: Any) -> gc.State:
        seen.append(True)
        return state.restart("generator") if len(seen) == 1 else state

    with pytest.raises(BadPlugin, match="restarts players of some seeds only"):
        stepped(setup, first, steps=1)


def test_a_restart_inside_a_step_is_refused(setup: Callable[..., Any]) -> None:
    @gc.strategy("inside", family="test")
    @dataclass(frozen=True)
    class Inside(gc.Strategy):
        def after_step(self, state: gc.State) -> gc.State:
            return state.restart("generator")

    with pytest.raises(BadPlugin, match="only refresh can"):
        Trainer(setup("none", extra=(Inside(),))).train()
