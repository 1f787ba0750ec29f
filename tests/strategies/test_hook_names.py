"""Methods that look like hooks and would never be called are refused, in every run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

import gancheck as gc
from gancheck.errors import BadPlugin
from gancheck.plugins.entry import PluginEntry
from gancheck.plugins.info import plugin_info
from gancheck.plugins.registry import Registry
from gancheck.strategies.hook_names import refuse_uncalled
from gancheck.strategies.recipe import Recipe


def strategy(**methods: Any) -> Any:
    """A strategy with these methods."""
    return gc.strategy("own", family="regulariser")(dataclass(type("Own", (gc.Strategy,), methods)))


def loss(self: Any, loss: Any, game: Any) -> Any:
    return loss


@pytest.mark.parametrize(
    ("name", "hook"),
    [
        ("discriminatorloss", "discriminator_loss(self, loss, game)"),
        ("discriminator_los", "discriminator_loss(self, loss, game)"),
        ("generator_losss", "generator_loss(self, loss, game)"),
        ("input", "inputs(self, x, of, game)"),
        ("after_updates", "after_update(self, state, before)"),
        ("support", "supports(self, gan, data)"),
    ],
)
def test_a_misspelt_hook_is_refused_beside_a_right_one(name: str, hook: str) -> None:
    with pytest.raises(BadPlugin) as caught:
        refuse_uncalled(strategy(helper_loss=lambda self, loss, player, game: loss, **{name: loss}))
    assert f"'{name}' is no hook, and is never called. Did you mean {hook}?" in str(caught.value)


@pytest.mark.parametrize(
    ("methods", "says"),
    [
        ({"sample": lambda self, weights, state: weights}, "it is evaluation_weights(self, weights, state)"),
        ({"sees": lambda self, data, latent: data}, "it is discriminator_data(self, data, latent)"),
        (
            {"inputs": lambda self, x, game: x},
            "inputs(self, x, game) is not given these; it is inputs(self, x, of, game)",
        ),
        ({"discriminator_data": lambda self, data: data}, "it is discriminator_data(self, data, latent)"),
        ({"prepare": lambda self, players, data: players}, "it is prepare(self, players, info)"),
        ({"supports": lambda self, gan: None, "generator_loss": loss}, "it is supports(self, gan, data)"),
    ],
)
def test_what_a_hook_was_in_an_earlier_version_is_told(methods: dict[str, Any], says: str) -> None:
    for name, method in methods.items():
        if method is not loss:
            method.__name__ = name
    with pytest.raises(BadPlugin) as caught:
        refuse_uncalled(strategy(**methods))
    assert says in str(caught.value)


def test_parameters_may_have_other_names_and_defaults() -> None:
    refuse_uncalled(strategy(inputs=lambda self, seen, where, duel, extra=1: seen))
    refuse_uncalled(strategy(discriminator_loss=lambda self, *args: args[0]))


def test_methods_of_ones_own_are_left_alone() -> None:
    own = dict.fromkeys(("average", "_discriminatorloss", "penalty", "slope", "loss_of", "critics_of"), loss)
    refuse_uncalled(strategy(discriminator_loss=loss, **own))


def test_a_strategy_without_a_hook_is_refused() -> None:
    with pytest.raises(BadPlugin, match="overrides no hook, so it does nothing; hooks: study, discriminator_data"):
        refuse_uncalled(strategy(penalty=loss))


def test_a_recipe_and_an_open_game_refuse_it_too() -> None:
    thing = strategy(discriminatorloss=loss, generator_loss=loss)
    info = plugin_info(thing)
    assert info is not None
    registry = Registry.load()
    registry = Registry([*registry.added, PluginEntry(info, thing)])
    with pytest.raises(BadPlugin, match=r"^strategy 'own': 'discriminatorloss' is no hook"):
        Recipe.parse("r1+own", registry)
    with pytest.raises(BadPlugin, match="'discriminatorloss' is no hook"):
        gc.testing.game(thing())
