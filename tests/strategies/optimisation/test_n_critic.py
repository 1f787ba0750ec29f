from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from gancheck.errors import BadParameter
from gancheck.training.trainer import Trainer


def test_the_discriminator_moves_k_times_a_step(train: Callable[..., Any]) -> None:
    assert [train(recipe, steps=3)[0].updates for recipe in ("none", "n-critic(k=2)", "n-critic")] == [3, 6, 15]


def test_one_update_is_the_untreated_gan(train: Callable[..., Any], apart: Callable[..., float]) -> None:
    assert apart(train("n-critic(k=1)", steps=2), train("none", steps=2)) == 0
    assert apart(train("n-critic(k=2)", steps=2), train("none", steps=2)) > 1e-6


def test_it_changes_what_an_objective_takes_and_refuses_to_be_without_effect(setup: Callable[..., Any]) -> None:
    assert Trainer(setup("wgan-gp+n-critic(k=2)")).replicas.settings.critic_steps == 2
    with pytest.raises(BadParameter, match="k = 5 updates are what the recipe takes"):
        Trainer(setup("wgan-gp+n-critic"))


@pytest.mark.parametrize("k", [0, -1])
def test_fewer_than_one_update_is_refused(duel: Callable[..., Any], k: int) -> None:
    with pytest.raises(BadParameter, match=f"k = {k}"):
        duel(f"n-critic(k={k})")


@pytest.mark.parametrize("other", ["extragradient", "consensus"])
def test_updates_that_fall_away_where_players_move_at_once_are_refused(train: Callable[..., Any], other: str) -> None:
    with pytest.raises(BadParameter, match="k = 3 updates are undone to its right"):
        train(f"n-critic(k=3)+{other}", steps=1)
