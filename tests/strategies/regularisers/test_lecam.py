from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch

from gancheck.errors import BadParameter
from gancheck.training.trainer import Trainer


def remembering(d: Any, real: float, fake: float) -> Any:
    """The same game with these running means."""
    means = {"real": torch.tensor(real), "fake": torch.tensor(fake)}
    return replace(d, game=replace(d.game, memory={"lecam": means}))


def test_logits_are_kept_near_the_other_kinds_running_mean(duel: Callable[..., Any]) -> None:
    d = remembering(duel("lecam(weight=2.0, decay=0.9)", progress=0.5), 1.5, -2.5)
    real, fake = 0.9 * 1.5 + 0.1 * d.real.mean().item(), 0.9 * -2.5 + 0.1 * d.fake.mean().item()
    above = [max(0.0, logit - fake) ** 2 for logit in d.real.tolist()]
    below = [max(0.0, real - logit) ** 2 for logit in d.fake.tolist()]
    penalty = 2 * (sum(above) / len(above) + sum(below) / len(below))
    torch.testing.assert_close(d.loss(), duel("none").loss() + penalty)
    kept = d.game.remembered["lecam"]
    assert (kept["real"].item(), kept["fake"].item()) == (pytest.approx(real), pytest.approx(fake))
    assert not kept["real"].requires_grad


def test_before_its_start_nothing_is_added_and_means_are_the_present_ones(duel: Callable[..., Any]) -> None:
    d = remembering(duel("lecam(start=0.5)", progress=0.5), 1.5, -2.5)
    torch.testing.assert_close(d.loss(), duel("none").loss(), rtol=0, atol=0)
    torch.testing.assert_close(d.game.remembered["lecam"]["real"], d.real.mean())


def test_every_critic_has_means_of_its_own(setup: Callable[..., Any]) -> None:
    trainer = Trainer(setup("d2gan+lecam", steps=3))
    trainer.train()
    memory = trainer.replicas.memory
    assert (memory["lecam"]["real"] - memory["lecam@discriminator2"]["real"]).abs().min() > 1e-6


def test_it_acts_after_its_start(train: Callable[..., Any], apart: Callable[..., float]) -> None:
    plain = train("none", steps=3)
    assert apart(train("lecam", steps=3), plain) > 1e-7
    assert apart(train("lecam(start=0.9)", steps=3), plain) == 0


@pytest.mark.parametrize("parameter", ["weight=-1.0", "decay=1.0", "start=1.0"])
def test_parameters_out_of_range_are_refused(duel: Callable[..., Any], parameter: str) -> None:
    with pytest.raises(BadParameter, match=parameter.replace("=", " = ")):
        duel(f"lecam({parameter})")
