"""The game between two updates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from gancheck.gans.game import Game, Sample
from gancheck.gans.noise import DrawnNoise
from gancheck.gans.still_game import played_weights, still_game


def still(game: Game) -> Game:
    """The game of the same replicate as it stands."""
    same = {name: getattr(game, name) for name in ("weights", "buffers", "memory", "progress", "noise", "settings")}
    return still_game(game.players, game.hooks, **same, steps=game.steps)


def test_players_answer_as_in_an_update(duel: Callable[..., Any]) -> None:
    game = duel("spectral-norm", progress=0.5).game
    now = still(game)
    assert now.phase == "evaluation"
    assert len(now.batch.x) == len(now.latent) == 0
    assert now.step == game.step == 50
    torch.testing.assert_close(now.discriminate(game.real), game.real_logits)
    torch.testing.assert_close(now.features(game.real), game.features(game.real))
    assert now.generate(game.latent).equal(game.samples)


def test_weights_are_those_after_every_constraint(duel: Callable[..., Any]) -> None:
    game = duel("spectral-norm").game
    played = played_weights(still(game), game.players.modules)
    assert played.keys() == {"generator", "discriminator"}
    for player, weights in played.items():
        assert weights.keys() == game.weights[player].keys()
        assert all(w.equal(game.constrained_weights(player)[name]) for name, w in weights.items())
    assert not played["discriminator"]["1.weight"].equal(game.weights["discriminator"]["1.weight"])


def test_the_discriminator_sees_samples_as_in_an_update(duel: Callable[..., Any]) -> None:
    game = duel("instance-noise(sigma=2.0)+pacgan").game
    game.noise = DrawnNoise(game.noise.tensors)
    seen = game.real
    now = still(game)
    now.noise = game.noise.again()
    assert now.see(Sample(game.batch.x, None, None, real=True)).equal(seen)
