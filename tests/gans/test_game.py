"""One update of one replicate, as hooks see it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn

Duel = Callable[..., Any]


def test_samples_and_logits_are_those_of_the_players(duel: Duel) -> None:
    d = duel("none")
    torch.testing.assert_close(d.game.samples, d.generator(d.z))
    torch.testing.assert_close(d.game.real_logits, d.real)
    torch.testing.assert_close(d.game.fake_logits, d.fake)
    assert d.game.real is d.x  # nothing treats what the discriminator sees


def test_features_are_those_before_the_head(duel: Duel) -> None:
    d = duel("none")
    *body, head = d.discriminator
    features = d.game.features(d.game.real)
    torch.testing.assert_close(features, nn.Sequential(*body)(d.x).flatten(1))
    torch.testing.assert_close(head(features).flatten(), d.real)


def test_the_slope_at_inputs_can_be_differentiated_again(duel: Duel) -> None:
    d = duel("none")
    torch.testing.assert_close(d.game.input_gradient(d.x), d.slope(d.x))
    ours, plain = (slope.square().sum() for slope in (d.game.input_gradient(d.x), d.slope(d.x)))
    weights = list(d.discriminator.parameters())
    pairs = zip(*(torch.autograd.grad(loss, weights, allow_unused=True) for loss in (ours, plain)), strict=True)
    for one, other in pairs:
        torch.testing.assert_close(one, other)


def test_a_game_with_other_weights_is_played_with_them(duel: Duel) -> None:
    d = duel("spectral-norm")
    flat = {name: torch.zeros_like(tensor) for name, tensor in d.game.weights["generator"].items()}
    assert d.game.samples.abs().max() > 0
    assert (d.game.with_weights(generator=flat).samples == 0).all()
    doubled = {name: 2 * tensor for name, tensor in d.game.weights["discriminator"].items()}
    again = d.game.with_weights(discriminator=doubled)
    assert not torch.allclose(d.game.real_logits, again.real_logits)  # biases doubled, matrices constrained anew
    assert d.game.weights["discriminator"] is not doubled


def test_weights_are_constrained_once(duel: Duel) -> None:
    d = duel("spectral-norm")
    assert d.game.constrained_weights("discriminator") is d.game.constrained_weights("discriminator")


def test_memories_are_written_but_not_on_paper(duel: Duel) -> None:
    d = duel("none")
    d.game.without_side_effects().remember("mean", torch.ones(()))
    assert d.game.remembered == {}
    d.game.remember("mean", torch.ones(()))
    assert d.game.remembered == {"mean": torch.ones(())}


def test_noise_is_asked_for_by_name_and_shape(duel: Duel) -> None:
    d = duel("none")
    first, second = (d.game.uniform("mix", (4, 2)) for _ in range(2))
    assert first.shape == (4, 2)
    assert not first.equal(second)
    assert ((first >= 0) & (first < 1)).all()
    assert d.game.normal("blur", d.x.shape).shape == d.x.shape
    assert set(d.game.noise.tensors) == {"mix#1", "mix#2", "blur#1"}


def test_a_players_optimiser_is_the_recipes(duel: Duel) -> None:
    d = duel("ttur(ratio=3.0)")
    assert d.game.optimiser("discriminator").lr == pytest.approx(3 * d.game.optimiser("generator").lr)
