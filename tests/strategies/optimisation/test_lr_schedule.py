from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

import gancheck as gc
from gancheck.errors import BadParameter
from gancheck.strategies.recipe import Recipe


def rates(recipe: str, registry: gc.Registry, player: str = "generator") -> list[float]:
    """A player's learning rate after each tenth of a run, over that at the start."""
    optimiser = Recipe.parse(recipe, registry).settings(gc.Settings()).player(player)
    return [optimiser.rate(i / 10) / gc.Optimiser().lr for i in range(11)]


def test_rates_follow_the_schedule(registry: gc.Registry) -> None:
    tenths = [i / 10 for i in range(11)]
    cosine = [0.05 + 0.95 * (1 + math.cos(math.pi * t)) / 2 for t in tenths]
    assert rates("lr-schedule", registry) == pytest.approx(cosine)
    assert rates("lr-schedule(kind='linear', floor=0.0)", registry) == pytest.approx([1 - t for t in tenths])
    assert rates("lr-schedule(kind='warm-up')", registry) == pytest.approx([0.0, *[1.0] * 10])
    twice = rates("lr-schedule(kind='cyclic', cycles=2)", registry)
    assert twice[:5] == pytest.approx(twice[5:10])
    assert twice[4] < 0.2
    assert rates("lr-schedule(warm_up=0.4)", registry)[2:6] == pytest.approx(
        [0.5, 0.75, 1.0, 0.9363, 0.7625][:4], abs=0.01
    )


def test_the_other_player_and_other_settings_stay(registry: gc.Registry) -> None:
    recipe = "lr-schedule(player='discriminator')"
    assert rates(recipe, registry) == [1.0] * 11
    assert rates(recipe, registry, "discriminator")[-1] == pytest.approx(0.05)
    made = Recipe.parse("wgan-clip+lr-schedule", registry).settings(gc.Settings()).player("generator")
    assert (made.name, made.lr, made.schedule) == ("rmsprop", 5e-5, "cosine")


def test_a_floor_of_one_is_the_untreated_gan(train: Callable[..., Any], apart: Callable[..., float]) -> None:
    assert apart(train("lr-schedule(floor=1.0)", steps=3), train("none", steps=3)) < 1e-7
    assert apart(train("lr-schedule", steps=3), train("none", steps=3)) > 1e-6


@pytest.mark.parametrize("bad", ["floor=1.5", "floor=-0.1", "cycles=0", "warm_up=1.0", "kind='warm-up', warm_up=0.0"])
def test_bad_parameters_are_refused(duel: Callable[..., Any], bad: str) -> None:
    with pytest.raises(BadParameter, match=r"floor|cycles|warm_up"):
        duel(f"lr-schedule({bad})")


def test_a_schedule_that_the_suite_has_is_refused(registry: gc.Registry) -> None:
    with pytest.raises(BadParameter, match="leaves every optimiser"):
        Recipe.parse("lr-schedule", registry).settings(gc.Settings(default=gc.Optimiser(schedule="cosine")))
