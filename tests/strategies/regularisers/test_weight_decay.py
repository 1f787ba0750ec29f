from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

import gancheck as gc
from gancheck.errors import BadParameter
from gancheck.training.trainer import Trainer


def test_only_the_discriminator_decays_unless_told(setup: Callable[..., Any]) -> None:
    ours, everybody = (Trainer(setup(f"weight-decay({p})")).replicas.settings for p in ("", "players='all'"))
    assert ours.player("discriminator").weight_decay == everybody.player("generator").weight_decay == 1e-4
    assert ours.player("generator").weight_decay is None


def test_it_is_the_gradient_of_half_the_squared_weights(
    setup: Callable[..., Any], train: Callable[..., Any], apart: Callable[..., float]
) -> None:
    @gc.strategy("penalty", family="regulariser")
    class Penalty(gc.Strategy):
        def discriminator_loss(self, loss: torch.Tensor, game: gc.Game) -> torch.Tensor:
            return loss + 0.05 * torch.stack([w.square().sum() for w in game.weights["discriminator"].values()]).sum()

    decayed = train("weight-decay(decay=0.1)", steps=3)
    assert apart(decayed, train("none", extra=(Penalty(),), steps=3)) < 1e-6
    assert apart(decayed, train("none", steps=3)) > 1e-6


def test_further_critics_and_players_with_settings_of_their_own_decay(setup: Callable[..., Any]) -> None:
    settings = Trainer(setup("wgan-clip+weight-decay(players='all')")).replicas.settings
    assert {settings.player(p).weight_decay for p in ("discriminator", "generator", "anybody")} == {1e-4}
    assert Trainer(setup("d2gan+weight-decay")).replicas.settings.player("discriminator2", "discriminator").weight_decay


def test_negative_decay_is_refused(duel: Callable[..., Any]) -> None:
    with pytest.raises(BadParameter, match=r"decay = -1\.0"):
        duel("weight-decay(decay=-1.0)")
