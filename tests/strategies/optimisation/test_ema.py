from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import torch

import gancheck as gc
from gancheck.errors import BadParameter
from gancheck.strategies.optimisation.ema import Ema
from gancheck.training.trainer import Trainer


def test_evaluated_weights_are_the_running_mean_of_every_step(
    setup: Callable[..., Any], train: Callable[..., Any]
) -> None:
    trainer = Trainer(setup("none", steps=8))
    trainer.prepare()
    mean = {name: tensor.clone() for name, tensor in trainer.replicas.weights["generator"].items()}
    for _ in range(8):
        trainer.step()
        for name, tensor in trainer.replicas.weights["generator"].items():
            mean[name] = 0.7 * mean[name] + 0.3 * tensor
    for seed, record in enumerate(train("ema(decay=0.7)", steps=8)):
        for name, tensor in record.snapshots[8].generator.items():
            torch.testing.assert_close(tensor, mean[name][seed], rtol=1e-5, atol=1e-7)


@gc.strategy("shift-kept", family="test")
@dataclass(frozen=True)
class ShiftKept(gc.Strategy):
    """Adds a number to the first layer's weights where they are evaluated."""

    by: float

    def evaluation_weights(self, weights: dict[str, gc.Params], state: gc.State) -> dict[str, gc.Params]:
        shifted = weights["generator"]["0.weight"] + self.by
        return {**weights, "generator": {**weights["generator"], "0.weight": shifted}}


@pytest.mark.parametrize("order", [(ShiftKept(0.5), Ema(0.7)), (Ema(0.7), ShiftKept(0.5))], ids=["left", "right"])
def test_what_others_do_to_the_evaluated_weights_has_its_effect_on_either_side(
    train: Callable[..., Any], order: tuple[gc.Strategy, ...]
) -> None:
    both, alone = train("none", extra=order, steps=3), train("ema(decay=0.7)", steps=3)
    for record, plain in zip(both, alone, strict=True):
        kept, mean = record.snapshots[3].generator, plain.snapshots[3].generator
        torch.testing.assert_close(kept["0.weight"], mean["0.weight"] + 0.5)
        assert all(kept[name].equal(mean[name]) for name in mean if name != "0.weight")


def test_training_itself_goes_on_untouched(setup: Callable[..., Any]) -> None:
    plain, averaged = Trainer(setup("none")), Trainer(setup("ema"))
    plain.train()
    averaged.train()
    for player, params in plain.replicas.weights.items():
        for name, tensor in params.items():
            assert tensor.equal(averaged.replicas.weights[player][name])


def test_no_memory_of_the_past_is_the_untreated_gan(
    train: Callable[..., Any], apart: Callable[..., float], untreated: Any
) -> None:
    assert apart(train("ema(decay=0.0)"), untreated) == 0
    assert apart(train("ema(decay=0.99)"), untreated) > 1e-4


@pytest.mark.parametrize("decay", [1.0, -0.1])
def test_decay_that_is_no_share_is_refused(duel: Callable[..., Any], decay: float) -> None:
    with pytest.raises(BadParameter, match="decay"):
        duel(f"ema(decay={decay})")
