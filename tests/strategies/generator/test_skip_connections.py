from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn.functional import leaky_relu

import gancheck as gc
from gancheck.errors import BadParameter
from gancheck.strategies.generator.skip_connections import Residual
from gancheck.strategies.recipe import Recipe


def residuals(module: nn.Module) -> int:
    return sum(isinstance(part, Residual) for part in module.modules())


def test_a_hidden_layer_adds_to_what_it_is_given(duel: Callable[..., Any]) -> None:
    d, plain = duel("skip-connections"), duel("none")
    first, second, last = (part for part in plain.discriminator if isinstance(part, nn.Linear))
    hidden = leaky_relu(first(d.x), 0.2)
    hidden = hidden + leaky_relu(second(hidden), 0.2)
    torch.testing.assert_close(d.discriminator(d.x), last(hidden))
    assert (residuals(d.generator), residuals(d.discriminator)) == (1, 1)


def test_layers_that_were_added_have_some_too(duel: Callable[..., Any]) -> None:
    d = duel("depth(layers=2)+skip-connections(player='generator')")
    assert (residuals(d.generator), residuals(d.discriminator)) == (3, 0)
    assert d.loss().isfinite()


@pytest.mark.parametrize("recipe", ["mgan(k=2)", "infogan(k=2)", "normalisation", "activation(kind='tanh')"])
def test_networks_of_other_strategies_have_some(duel: Callable[..., Any], recipe: str) -> None:
    d = duel(f"{recipe}+skip-connections")
    assert (residuals(d.generator), residuals(d.discriminator)) == (1, 1)
    assert d.loss().isfinite()


def test_features_stay_what_the_last_layer_is_given(duel: Callable[..., Any]) -> None:
    d = duel("skip-connections+minibatch-std")
    assert d.game.features(d.game.real).shape == (6, 9)


def test_layers_of_other_widths_are_refused(registry: gc.Registry) -> None:
    recipe, points = Recipe.parse("skip-connections", registry), gc.DataSpec((2,))
    for gan, data in [
        (registry.build("gan", "dcgan"), gc.DataSpec((1, 8, 8), low=-1, high=1)),
        (registry.build("gan", "mlp", depth=1), points),
    ]:
        assert "sequence of hidden layers of equal width" in str(recipe.supports(gan, data))
        with pytest.raises(BadParameter, match="skip-connections needs a generator"):
            recipe.players(gan, data)
    assert recipe.supports(registry.build("gan", "mlp"), points) is None
