from __future__ import annotations

import pytest

import gancheck as gc
from gancheck.errors import BadParameter
from gancheck.plugins.registry import Registry
from gancheck.strategies.recipe import Recipe


def rates(recipe: str, settings: gc.Settings, registry: Registry) -> tuple[float, float]:
    treated = Recipe.parse(recipe, registry).settings(settings)
    return treated.player("generator").lr, treated.player("discriminator").lr


def test_each_player_has_its_own_factor_of_the_suites_rate(registry: Registry) -> None:
    settings = gc.Settings(players={"generator": gc.Optimiser(lr=1e-2), "discriminator": gc.Optimiser(lr=1e-3)})
    found = rates("learning-rates(generator=2.0, discriminator=0.1)", settings, registry)
    assert found == pytest.approx((2e-2, 1e-4))


def test_factors_apply_to_what_strategies_to_the_left_have_set(registry: Registry) -> None:
    found = rates("ttur(ratio=4.0)+learning-rates(generator=1.0, discriminator=0.5)", gc.Settings(), registry)
    assert found == pytest.approx((2e-4, 4e-4))


@pytest.mark.parametrize("player", ["generator", "discriminator"])
def test_a_factor_that_is_no_rate_is_refused(registry: Registry, player: str) -> None:
    with pytest.raises(BadParameter, match=player):
        registry.build("strategy", "learning-rates", **{player: 0.0})
