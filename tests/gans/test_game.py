"""One update of one replicate, as hooks see it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

import gancheck as gc
from gancheck.errors import BadPlugin

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


@gc.strategy("second", family="discriminator")
@dataclass(frozen=True)
class Second(gc.Strategy):
    """A further critic with a loss of its own weights."""

    def prepare(self, players: gc.Players, info: gc.BuildInfo) -> gc.Players:
        return players.add("second", info.gan.build(info.seen).discriminator, role="discriminator")


def test_a_game_can_face_another_critic(registry: gc.Registry) -> None:
    opened = gc.testing.game(Second(), registry=registry)
    other = opened.game.facing("second")
    torch.testing.assert_close(other.real_logits, opened.modules["second"](opened.x).flatten())
    assert not other.real_logits.allclose(opened.game.real_logits)
    assert other.fake is opened.game.fake
    assert opened.game.facing("discriminator") is opened.game
    with pytest.raises(BadPlugin, match="there is no 'third': the critic is one of discriminator, second"):
        opened.game.facing("third")


def test_another_critic_sees_what_other_weights_make(registry: gc.Registry) -> None:
    game = gc.testing.game(Second(), registry=registry).game.facing("second")
    flat = {name: torch.zeros_like(tensor) for name, tensor in game.weights["generator"].items()}
    assert (game.with_weights(generator=flat).fake == 0).all()
    assert game.with_weights(generator=flat).critic == "second"


@gc.strategy("doubled", family="regulariser")
@dataclass(frozen=True)
class Doubled(gc.Strategy):
    """Counts the first half of the rows twice."""

    def weigh(self, weights: Tensor, side: str, game: gc.Game) -> Tensor:
        first = torch.arange(len(weights)) < len(weights) // 2
        return weights * (1 + first.float()) if side == "fake" else weights


def test_rows_are_averaged_under_their_weights(registry: gc.Registry, duel: Duel) -> None:
    rows = torch.tensor([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    assert duel("none").game.average(rows, "fake").item() == 3.5
    game = gc.testing.game(Doubled(), registry=registry).game
    assert game.average(rows, "fake").item() == pytest.approx((2 * (1 + 2 + 3) + 4 + 5 + 6) / 9)
    assert game.average(rows, "real").item() == 3.5
    assert game.average(rows, "real", "fake").item() == pytest.approx(27 / 9)


def test_the_field_is_everybodys_gradient_at_any_weights(duel: Duel) -> None:
    d = duel("r1+instance-noise", "discriminator+generator")
    moved = {n: w + 0.1 for n, w in d.game.weights["generator"].items()}
    found = d.game.field({"generator": moved})
    assert set(found) == {"discriminator", "generator"}
    for name, parameter in d.generator.named_parameters():
        parameter.data = moved[name].detach()
    noise, theirs_noise = (
        [d.game.noise.tensors[f"{owner}instance-noise#{i}"] for i in range(1, count)]
        for owner, count in (("", 3), ("generator/", 2))
    )

    def logits(x: Tensor, draw: Tensor) -> Tensor:
        return d.discriminator(x + 0.1 * draw).flatten()

    fake = d.generator(d.z)
    theirs = softplus(-logits(fake, theirs_noise[0])).mean()
    seen = (d.x + 0.1 * noise[0]).requires_grad_()
    slope = torch.autograd.grad(d.discriminator(seen).sum(), seen, create_graph=True)[0]
    ours = softplus(-logits(d.x, noise[0])).mean() + softplus(logits(fake, noise[1])).mean()
    ours = ours + 5 * slope.square().sum(1).mean()
    for player, loss in (("discriminator", ours), ("generator", theirs)):
        module = d.modules[player]
        slopes = torch.autograd.grad(loss, list(module.parameters()), retain_graph=True, allow_unused=True)
        for (name, _), expected in zip(module.named_parameters(), slopes, strict=True):
            torch.testing.assert_close(found[player][name], expected, rtol=1e-4, atol=1e-6)


def test_unknown_players_are_refused_by_name(duel: Duel) -> None:
    with pytest.raises(BadPlugin, match="there is no 'encoder': the player is one of generator, discriminator"):
        duel("none").game.call("encoder", torch.zeros(2, 2))


def test_whoever_faces_another_critic_can_face_the_first_again(duel: Duel) -> None:
    game = duel("d2gan").game
    assert game.facing("discriminator2").facing("discriminator") is game
    assert game.facing("discriminator2").facing("discriminator2").critic == "discriminator2"


def test_only_adam_can_be_told_the_means_to_step_from(duel: Duel) -> None:
    game = duel("none").game
    game.advance_moments("generator", game.moments["generator"])
    assert set(game.advanced) == {"generator"}
    assert game.without_side_effects().advanced == {}
    with pytest.raises(BadPlugin, match="'generator' is moved by rmsprop, which keeps no moments of Adam's"):
        duel("wgan-clip").game.advance_moments("generator", {})


def test_steps_are_counted(duel: Duel) -> None:
    game = duel("none", progress=0.37).game
    assert (game.step.item(), game.steps) == (37, 100)
