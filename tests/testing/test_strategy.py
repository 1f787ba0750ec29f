"""What `gancheck check` refuses in a strategy, and what it says of one that it could not try."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import gancheck as gc
from gancheck.errors import BadPlugin
from gancheck.plugins.entry import PluginEntry
from gancheck.plugins.info import plugin_info
from gancheck.plugins.registry import Registry
from gancheck.strategies.recipe import Recipe
from gancheck.testing.contract import check_plugin, kept_line
from gancheck.testing.effects import effects
from gancheck.testing.require import NotTried
from gancheck.testing.short_training import PLAINLY, Trial

LOADED = Registry.load()


def entry_of(thing: Any) -> tuple[PluginEntry, Registry]:
    """A strategy of this file, and a registry that knows it."""
    info = plugin_info(thing)
    assert info is not None
    entry = PluginEntry(info, thing)
    return entry, Registry([*LOADED.added, entry])


def own(kind: Any = "trained", family: str = "regulariser", **methods: Any) -> Any:
    """A strategy with these methods."""
    return gc.strategy("own", family=family, kind=kind)(dataclass(type("Own", (gc.Strategy,), methods)))


def trial(thing: Any, data: str = "ring8") -> tuple[Trial, Registry]:
    """A strategy on small networks."""
    _, registry = entry_of(thing)
    gan = registry.build("gan", "mlp", width=8, latent=2)
    return Trial(gan, Recipe.parse("own", registry), registry.build("dataset", data)), registry


def told(thing: Any) -> list[str]:
    """The notes on its effects."""
    tried, registry = trial(thing)
    return list(effects(tried, tried.outcome(), "own", registry))


def plain_loss(self: Any, loss: Tensor, game: gc.Game) -> Tensor:
    return loss + game.real_logits.square().mean()


def test_a_sound_strategy_is_told_what_it_was_tried_on() -> None:
    notes = check_plugin(*entry_of(own(discriminator_loss=plain_loss)))
    assert notes == ["trains on points (stacked-traced)", "composes with r1, ema, pacgan", "trains on images"]


@pytest.mark.parametrize(
    ("kept", "says"),
    [
        (lambda self, weights, state: {}, "evaluation_weights, player 'generator': '.*' is missing; return all"),
        (
            lambda self, weights, state: {p: {n: t[..., :1] for n, t in w.items()} for p, w in weights.items()},
            r"evaluation_weights, player 'generator': '.*' has shape .* in place of",
        ),
    ],
)
def test_weights_that_cannot_be_evaluated_are_refused(kept: Any, says: str) -> None:
    tried, _ = trial(own(evaluation_weights=kept))
    with pytest.raises(BadPlugin, match=says):
        tried.records(PLAINLY)


class Flat(gc.Sampler):
    """Gives samples of another shape."""

    def draw(self, kept: gc.Kept, count: int, source: torch.Generator) -> gc.Sample:
        of = super().draw(kept, count, source)
        return of._replace(x=of.x[:, :1])


class Asks(gc.Sampler):
    """Asks for a player that was not kept."""

    def draw(self, kept: gc.Kept, count: int, source: torch.Generator) -> gc.Sample:
        of = super().draw(kept, count, source)
        return of._replace(x=of.x * self.call(kept, "discriminator", of.x).sigmoid())


@pytest.mark.parametrize(
    ("sampler", "says"),
    [
        (lambda self, inner: Flat(inner), r"samples drawn at evaluation have shape \(1,\); this data needs \(2,\)"),
        (lambda self, inner: Asks(inner), "what the snapshot keeps"),
    ],
)
def test_a_sampler_that_cannot_be_used_is_refused(sampler: Any, says: str) -> None:
    tried, _ = trial(own(sampler=sampler))
    with pytest.raises(BadPlugin, match=says):
        tried.records(PLAINLY)


def test_a_player_without_a_gradient_is_refused() -> None:
    def prepare(self: Any, players: gc.Players, info: gc.BuildInfo) -> gc.Players:
        return players.add("encoder", nn.Linear(2, 2), shares="generator")

    with pytest.raises(BadPlugin, match=r"player 'encoder' gets no gradient, so it would stay as it starts"):
        told(own(prepare=prepare))


def test_a_discriminator_that_never_moves_is_told() -> None:
    methods: dict[str, Any] = {
        "discriminator_loss": lambda self, loss, game: 0 * game.real_logits.sum(),
        "generator_loss": lambda self, loss, game: (game.samples.mean(0) - game.batch.x.mean(0)).square().sum(),
    }
    assert "its discriminator is never trained" in told(own(family="objective", **methods))


def test_what_r1_does_not_reach_is_refused() -> None:
    def prepare(self: Any, players: gc.Players, info: gc.BuildInfo) -> gc.Players:
        return players.add("judge", nn.Linear(2, 1), turn="discriminator")

    methods: dict[str, Any] = {
        "prepare": prepare,
        "gradients": lambda self, gradients, game: {
            p: {n: 0 * s if p == "discriminator" else s for n, s in slopes.items()} for p, slopes in gradients.items()
        },
        "helper_loss": lambda self, loss, player, game: gap(game, game.batch.x) - gap(game, game.samples),
        "generator_loss": lambda self, loss, game: gap(game, game.samples),
    }

    def gap(game: gc.Game, x: Tensor) -> Tensor:
        judged: Tensor = game.call("judge", x).mean()
        return judged

    with pytest.raises(BadPlugin, match=r"r1\(gamma=1e6\) beside it changes no weight"):
        told(own(family="objective", discriminator_loss=lambda self, loss, game: loss, **methods))


def test_what_a_strategy_refuses_to_stand_beside_is_told_and_what_breaks_there_is_refused() -> None:
    def judged_one_by_one(self: Any, loss: Tensor, game: gc.Game) -> Tensor:
        if len(game.real) < len(game.batch.x):
            raise gc.BadParameter("needs samples that are judged one by one")
        return loss + game.real_logits.square().mean()

    def one_for_each(self: Any, loss: Tensor, game: gc.Game) -> Tensor:
        return loss + (game.real_logits * game.batch.x[:, 0]).mean()

    notes = told(own(discriminator_loss=judged_one_by_one))
    assert notes[-1] == "composes with r1, ema"
    assert "refuses pacgan: " in notes[0]
    assert "needs samples that are judged one by one" in notes[0]
    with pytest.raises(BadPlugin, match=r"strategy 'own', discriminator_loss, test_strategy.py line"):
        told(own(discriminator_loss=one_for_each))


def by_mode(self: Any, loss: Tensor, game: gc.Game) -> Tensor:
    """Pulls samples to the mean of one mode."""
    share = (game.batch.y == 0).float()
    return loss + (game.samples.mean(0) - (share[:, None] * game.batch.x).mean(0)).square().sum()


def test_a_strategy_that_uses_labels_must_say_so() -> None:
    with pytest.raises(BadPlugin, match=r'uses the modes of real samples \(batch\.y\).*kind="oracle"'):
        told(own(generator_loss=by_mode))
    assert told(own(kind="oracle", generator_loss=by_mode)) == ["composes with r1, ema, pacgan"]


def test_what_a_strategy_keeps_to_itself_is_not_taken_for_the_use_of_labels() -> None:
    calls = []

    def counting(self: Any, loss: Tensor, game: gc.Game) -> Tensor:
        calls.append(1)
        return loss * (1 + len(calls) % 7)

    with pytest.raises(BadPlugin, match=r"other weights the second time.*keep nothing to themselves"):
        told(own(generator_loss=counting))


@pytest.mark.parametrize(
    ("draw", "advice"),
    [
        (lambda x: torch.rand(x.shape), "game.uniform(name, shape)"),
        (lambda x: nn.functional.dropout(x), "write gancheck.Dropout in place of torch's"),
    ],
)
def test_random_numbers_of_its_own_are_refused_with_the_true_cause(draw: Callable[..., Any], advice: str) -> None:
    def discriminator_loss(self: Any, loss: Tensor, game: gc.Game) -> Tensor:
        return loss + draw(game.real_logits).mean()

    with pytest.raises(BadPlugin) as caught:
        check_plugin(*entry_of(own(discriminator_loss=discriminator_loss)))
    assert "strategy 'own': draws random numbers of its own; " in str(caught.value)
    assert "discriminator_loss, test_strategy.py line " in str(caught.value)
    assert advice in str(caught.value)


def test_settings_for_nobody_are_refused() -> None:
    tried, _ = trial(own(settings=lambda self, settings: settings.tuned("genrator", lr=9.0)))
    with pytest.raises(gc.BadParameter, match=r"'genrator'.*Did you mean 'generator'"):
        tried.records(PLAINLY)


def test_a_memory_that_changes_shape_is_refused() -> None:
    methods: dict[str, Any] = {
        "memory": lambda self, state: {"own": state.progress},
        "after_step": lambda self, state: state.remember("own", state.memory["own"].repeat(2)),
    }
    tried, _ = trial(own(**methods))
    with pytest.raises(BadPlugin, match=r"memory 'own' starts as .* and becomes"):
        tried.records(PLAINLY)


def images_only(self: Any, gan: gc.Gan, data: gc.DataSpec) -> str | None:
    return None if data.is_image else "images only"


def test_a_strategy_for_images_is_tried_on_images() -> None:
    notes = check_plugin(*entry_of(own(supports=images_only, discriminator_loss=plain_loss)))
    assert notes[0].startswith("trains on images (")
    assert notes[-1] == "skipped on points: own: images only"


def test_a_strategy_that_supports_nothing_is_not_tried() -> None:
    thing = own(supports=lambda self, gan, data: "sounds only", discriminator_loss=plain_loss)
    reason = "strategy 'own': skipped on points: own: sounds only; skipped on images: own: sounds only"
    with pytest.raises(NotTried, match=reason):
        kept_line(*entry_of(thing))


def test_a_strategy_is_tried_on_images_too() -> None:
    def discriminator_loss(self: Any, loss: Tensor, game: gc.Game) -> Tensor:
        return loss + game.real[:, 1].mean() - game.real.reshape(len(game.real), 2).mean()

    with pytest.raises(BadPlugin, match=r"strategy 'own', discriminator_loss, test_strategy.py line"):
        check_plugin(*entry_of(own(discriminator_loss=discriminator_loss)))
    tried, _ = trial(own(discriminator_loss=discriminator_loss))
    assert replace(tried).records(PLAINLY)  # on points it works
