"""One seed as it is now, for hooks outside the step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import gancheck as gc
from gancheck.errors import Unsupported
from gancheck.training.look import SeedLook
from gancheck.training.trainer import Trainer


@gc.strategy("look-at", family="test")
@dataclass(frozen=True)
class LookAt(gc.Strategy):
    """Hands its look and state out before every step."""

    seen: list[tuple[gc.State, Any]]
    period: int = 1

    def refresh(self, state: gc.State, look: gc.Look) -> gc.State:
        self.seen.append((state, look))
        return state


@gc.strategy("halve", family="test")
@dataclass(frozen=True)
class Halve(gc.Strategy):
    """Every player plays with half of its weights."""

    def constrain(self, weights: gc.Params, player: str, game: gc.Game) -> gc.Params:
        return {name: w / 2 for name, w in weights.items()}


@pytest.fixture
def looks(setup: Callable[..., Any]) -> Callable[..., list[tuple[gc.State, Any]]]:
    """The states and looks of both seeds before every step: `looks("ema", steps=2)`."""

    def make(recipe: str = "none", steps: int = 1, extra: tuple[gc.Strategy, ...] = (), **how: Any) -> list[Any]:
        seen: list[Any] = []
        Trainer(setup(recipe, steps=steps, extra=(*extra, LookAt(seen)), **how)).train()
        return seen

    return make


def before(setup: Callable[..., Any], seed: int = 0, strategy: str = "mine") -> SeedLook:
    return SeedLook.before_building(setup().dataset, torch.device("cpu"), seed, strategy)


def test_a_study_draws_what_belongs_to_its_seed_and_strategy(setup: Callable[..., Any]) -> None:
    x = before(setup).data(50).x
    assert x.equal(before(setup).data(50).x)
    assert not x.equal(before(setup, seed=1).data(50).x)
    assert not x.equal(before(setup, strategy="other").data(50).x)
    look = before(setup)
    assert not look.data(50).x.equal(look.data(50).x)
    assert (look.modes, look.spec.shape, look.training()) == (8, (2,), None)


@pytest.mark.parametrize(
    "ask",
    [
        lambda look: look.samples(3),
        lambda look: look.call("generator", torch.zeros(1, 4)),
        lambda look: look.features(torch.zeros(1, 2)),
        lambda look: look.game,
        lambda look: look.snapshot(),
    ],
)
def test_a_study_has_no_networks(setup: Callable[..., Any], ask: Callable[[SeedLook], Any]) -> None:
    with pytest.raises(Unsupported, match="no network is built yet"):
        ask(before(setup))


def test_a_refresh_draws_what_belongs_to_its_seed_and_step(looks: Callable[..., Any]) -> None:
    drawn, again = ([(look.data(20).x, look.samples(20)) for _, look in looks(steps=2)] for _ in range(2))
    for kind in (0, 1):
        rows = torch.stack([pair[kind] for pair in drawn])
        assert len(rows.unique(dim=0)) == 4
        assert rows.equal(torch.stack([pair[kind] for pair in again]))


def test_steps_that_are_done_are_counted(looks: Callable[..., Any]) -> None:
    assert [look.step for _, look in looks(steps=2)] == [0, 0, 1, 1]


def answers(state: gc.State, player: str, x: Tensor, factor: float = 1.0) -> list[Tensor]:
    """What every layer of a perceptron gives, written out."""
    w = {n: factor * t for n, t in state.weights[player].items()}
    found = [x]
    layers = sorted({int(name.partition(".")[0]) for name in w})
    for i in layers:
        x = x @ w[f"{i}.weight"].T + w[f"{i}.bias"]
        found.append(x := nn.functional.leaky_relu(x, 0.2) if i != layers[-1] else x)
    return found


@pytest.mark.parametrize(("extra", "factor"), [((), 1.0), ((Halve(),), 0.5)], ids=["plain", "constrained"])
def test_networks_answer_with_the_weights_that_they_play_with(
    looks: Callable[..., Any], extra: tuple[gc.Strategy, ...], factor: float
) -> None:
    for state, look in looks(steps=2, extra=extra):
        x, z = look.data(7).x, torch.randn(7, 4)
        *_, features, logits = answers(state, "discriminator", x, factor)
        torch.testing.assert_close(look.call("discriminator", x), logits)
        torch.testing.assert_close(look.features(x), features)
        torch.testing.assert_close(look.game.discriminate(x), logits[:, 0])
        torch.testing.assert_close(look.call("generator", z), answers(state, "generator", z, factor)[-1])
        assert not look.call("generator", z).requires_grad


def test_samples_are_the_live_generators(looks: Callable[..., Any]) -> None:
    for state, look in looks("ema", extra=(Halve(),)):
        source = torch.Generator().manual_seed(look.source.initial_seed())
        latent = gc.Latent(4).draw(30, source)
        torch.testing.assert_close(look.samples(30), answers(state, "generator", latent, 0.5)[-1])


def test_a_snapshot_is_what_would_be_evaluated(looks: Callable[..., Any]) -> None:
    for state, look in looks("ema(decay=0.9)", steps=3)[4:]:
        mean = state.memory["ema"]["generator"]
        kept = look.snapshot()
        assert kept.weights.keys() == {"generator"}
        assert all(kept.generator[name].equal(mean[name]) for name in mean)
        assert not any(kept.generator[name].equal(state.weights["generator"][name]) for name in mean)


def test_the_game_sees_samples_as_the_discriminator_does(looks: Callable[..., Any]) -> None:
    for _, look in looks("pacgan(m=2)"):
        x = look.data(6).x
        seen = look.game.see(gc.Sample(x, None, None, real=True))
        assert seen.equal(x.reshape(3, 4))
        assert look.features(seen).shape == (3, 16)
        batch = look.data(6)
        assert look.game.see(look.game.real_sample(batch)).equal(batch.x.reshape(3, 4))
        assert look.game.phase == "evaluation"
