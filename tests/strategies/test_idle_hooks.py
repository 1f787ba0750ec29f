"""A strategy whose hook no turn calls is refused, and told why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from torch import Tensor

import gancheck as gc
from gancheck.errors import BadPlugin
from gancheck.strategies.base import Strategy
from gancheck.strategies.hook_call import call_hook, hooks_called
from gancheck.strategies.idle_hooks import WHY
from gancheck.training.trainer import Trainer


@gc.strategy("means", family="objective")
class Means(gc.Strategy):
    """Averages by `.mean()`, where no weights come in."""

    def discriminator_loss(self, loss: Tensor, game: gc.Game) -> Tensor:
        return game.fake_logits.mean() - game.real_logits.mean()

    def generator_loss(self, loss: Tensor, game: gc.Game) -> Tensor:
        return -game.fake_logits.mean()


@gc.strategy("blind", family="objective")
class Blind(gc.Strategy):
    """Moves the samples towards the data, and asks no discriminator."""

    def generator_loss(self, loss: Tensor, game: gc.Game) -> Tensor:
        return (game.samples.mean(0) - game.batch.x.mean(0)).square().sum()

    def discriminator_loss(self, loss: Tensor, game: gc.Game) -> Tensor:
        return sum(w.square().sum() for w in game.weights["discriminator"].values())  # type: ignore[return-value]


def idle(hook: str) -> gc.Strategy:
    """A strategy that overrides one hook, and changes nothing in it."""
    plain = getattr(Strategy, hook)
    methods = {hook: lambda self, *given: plain(self, *given)}
    return gc.strategy("idle", family="other")(type("Idle", (gc.Strategy,), methods))()


@pytest.mark.parametrize(
    ("objective", "hook", "why"),
    [
        (Means, "weigh", "no loss averages its rows by game.average"),
        (Blind, "weigh", "no loss averages its rows by game.average"),
        (Blind, "inputs", "no loss asks what the discriminator sees"),
        (Means, "codes", "of a GAN whose latent has codes"),
        (Means, "helper_loss", "no player has a loss of its own"),
    ],
)
def test_a_hook_that_no_turn_calls_is_refused(
    setup: Callable[..., Any], objective: type[gc.Strategy], hook: str, why: str
) -> None:
    work = setup()
    recipe = type(work.recipe)("mine", (objective(), idle(hook)))
    with pytest.raises(BadPlugin, match=f"strategy 'idle': {hook} is never called, so it has no effect: .*{why}"):
        Trainer(replace(work, recipe=recipe)).prepare()


@pytest.mark.parametrize("hook", sorted(set(WHY) - {"codes", "helper_loss"}))
def test_hooks_that_a_turn_calls_are_not(setup: Callable[..., Any], hook: str) -> None:
    Trainer(setup(extra=(idle(hook),))).prepare()


def test_every_hook_of_a_turn_has_its_reason() -> None:
    hooks = Strategy.hooks
    assert list(WHY) == list(hooks[hooks.index("pick") : hooks.index("after_update")])


def test_calls_are_noted_only_while_somebody_wants_to_know() -> None:
    strategy = idle("settings")
    call_hook(strategy, "settings", gc.Settings())
    with hooks_called() as called:
        assert called == set()
        call_hook(strategy, "settings", gc.Settings())
    call_hook(strategy, "memory", None)
    assert called == {("idle", "settings")}
