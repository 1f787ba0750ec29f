from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn.functional import softplus
from torch.utils._pytree import tree_map

from gancheck.errors import BadParameter
from gancheck.strategies.optimisation.historical_average import MEMORY
from gancheck.training.trainer import Trainer

NAME = "historical-average(weight=3.0)"


def shift_means(opened: Any, names: tuple[str, ...] = (MEMORY,)) -> Tensor:
    """Move every mean by 0.1; gives the squared distance of one weight."""
    for name in names:
        held = opened.game.memory[name]
        opened.game.memory[name] = {**held, "means": tree_map(lambda mean: mean.detach() + 0.1, held["means"])}
    return torch.tensor(0.01)


@pytest.mark.parametrize("player", ["discriminator", "generator"])
def test_a_player_pays_for_the_way_to_its_own_mean(duel: Callable[..., Any], player: str) -> None:
    d = duel(NAME, player)
    plain = {
        "discriminator": softplus(-d.real).mean() + softplus(d.fake).mean(),
        "generator": softplus(-d.fake).mean(),
    }[player]
    torch.testing.assert_close(d.loss(), plain)  # the mean is where it starts
    square = shift_means(d)
    numbers = sum(w.numel() for w in d.modules[player].parameters())
    torch.testing.assert_close(d.loss(), plain + 3 * numbers * square)


def test_each_of_several_critics_pays_once(duel: Callable[..., Any]) -> None:
    d, plain = duel(f"d2gan+{NAME}"), duel("d2gan").loss()
    names = tuple(name for name in d.game.memory if name.startswith(MEMORY))
    assert len(names) == 2
    square = shift_means(d, names)
    numbers = sum(w.numel() for name in d.game.critics for w in d.modules[name].parameters())
    torch.testing.assert_close(d.loss(), plain + 3 * numbers * square)


def test_the_mean_is_that_of_all_past_weights(setup: Callable[..., Any]) -> None:
    trainer = Trainer(setup(f"d2gan+{NAME}", steps=3))
    trainer.prepare()
    past = [{p: w["1.weight"].clone() for p, w in trainer.replicas.weights.items() if "1.weight" in w}]
    for _ in range(3):
        trainer.step()
        past.append({p: trainer.replicas.weights[p]["1.weight"].clone() for p in past[0]})
    found = {
        p: t["1.weight"] for n, m in trainer.replicas.memory.items() for p, t in m["means"].items() if p in past[0]
    }
    assert set(found) == set(past[0])
    for player, mean in found.items():
        torch.testing.assert_close(mean, torch.stack([weights[player] for weights in past]).mean(0))


def test_a_weight_of_zero_is_the_untreated_gan(train: Callable[..., Any], apart: Callable[..., float]) -> None:
    assert apart(train("historical-average(weight=0.0)", steps=3), train("none", steps=3)) < 1e-7
    assert apart(train(NAME, steps=3), train("none", steps=3)) > 1e-6


def test_a_negative_weight_is_refused(duel: Callable[..., Any]) -> None:
    with pytest.raises(BadParameter, match=r"weight = -1.0"):
        duel("historical-average(weight=-1.0)")
