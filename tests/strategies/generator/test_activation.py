from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

import pytest
import torch
from torch import nn

import gancheck as gc
from gancheck.errors import BadParameter
from gancheck.strategies.discriminator.dropout import ACTIVATIONS
from gancheck.strategies.generator.activation import KINDS, Name
from gancheck.strategies.recipe import Recipe


def activations(module: nn.Module) -> list[str]:
    return [repr(part) for part in module.modules() if isinstance(part, ACTIVATIONS)]


def test_hidden_layers_of_the_generator_are_given_another(duel: Callable[..., Any]) -> None:
    d = duel("activation")
    first, second, last = (part for part in d.generator if isinstance(part, nn.Linear))
    torch.testing.assert_close(d.game.samples, last(second(first(d.z).relu()).relu()))
    assert activations(d.discriminator) == ["LeakyReLU(negative_slope=0.2)"] * 2


def test_weights_start_as_the_untreated_gans(train: Callable[..., Any], apart: Callable[..., float]) -> None:
    made, plain = train("activation(kind='silu', player='both')", steps=2), train("none", steps=2)
    assert 1e-6 < apart(made, plain) < 0.1


@pytest.mark.parametrize("kind", get_args(Name))
def test_every_kind_is_built(registry: gc.Registry, kind: Name) -> None:
    own: Name = "tanh" if kind != "tanh" else "relu"
    gan = registry.build("gan", "mlp", width=4, activation=own)
    players = Recipe.parse(f"activation(kind='{kind}', player='both')", registry).players(gan, gc.DataSpec((2,)))
    for network in (players.generator, players.discriminator):
        assert activations(network) == [repr(KINDS[kind]())] * 2
        assert network(torch.randn(3, next(network.parameters()).shape[1])).isfinite().all()


def test_what_makes_the_range_of_samples_stays(registry: gc.Registry) -> None:
    data = gc.DataSpec((1, 8, 8), low=-1, high=1)
    for name in ("mlp", "dcgan"):
        gan = registry.build("gan", name, width=4, latent=3)
        players = Recipe.parse("activation(kind='elu', player='both')", registry).players(gan, data)
        assert activations(players.generator) == ["ELU(alpha=1.0)"] * 2 + ["Tanh()"]
        assert players.generator(100 * torch.ones(2, 3)).abs().max() <= 1


@pytest.mark.parametrize("recipe", ["mgan(k=3)", "mad-gan(k=3)", "infogan(k=3)", "stackelberg(k=2)"])
def test_generators_of_other_strategies_are_treated(duel: Callable[..., Any], recipe: str) -> None:
    assert set(activations(duel(f"{recipe}+activation").generator)) == {"ReLU()"}


def test_a_gan_that_has_it_already_is_refused(registry: gc.Registry) -> None:
    gan = registry.build("gan", "mlp", activation="relu")
    reason = Recipe.parse("activation", registry).supports(gan, gc.DataSpec((2,)))
    assert "activation: needs a generator with hidden activations that are modules" in str(reason)
    with pytest.raises(BadParameter, match="not all relu already"):
        Recipe.parse("activation", registry).players(gan, gc.DataSpec((2,)))
    assert Recipe.parse("activation(kind='tanh')", registry).supports(gan, gc.DataSpec((2,))) is None
    with pytest.raises(BadParameter, match="swish"):
        Recipe.parse("activation(kind='swish')", registry)
