from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from gancheck.errors import BadParameter
from gancheck.strategies.data.ada import MEMORY
from gancheck.training.trainer import Trainer


def after_update(duel: Callable[..., Any], recipe: str = "ada", **held: float) -> dict[str, float]:
    """What is remembered after one discriminator update, of what was before it."""
    d = duel(recipe)
    d.game.memory |= {"ada/mean": torch.zeros(2), "ada/deviation": torch.ones(2)}
    d.game.memory[MEMORY] = {name: torch.tensor(held[name]) for name in ("p", "signs", "updates")}
    d.loss()
    with torch.no_grad():
        sign = d.game.real_logits.sign().mean()
    found = {name: float(value) for name, value in d.game.remembered[MEMORY].items()}
    return {**found, "sign": float(sign)}


def test_signs_are_gathered_over_four_updates(duel: Callable[..., Any]) -> None:
    found = after_update(duel, p=0.2, signs=1.5, updates=2.0)
    assert (found["p"], found["updates"]) == (pytest.approx(0.2), 3)
    assert found["signs"] == pytest.approx(1.5 + found["sign"])


@pytest.mark.parametrize(("signs", "direction"), [(9.0, 1), (-9.0, -1)])
def test_p_rises_where_the_discriminator_is_too_sure_and_falls_where_it_is_not(
    duel: Callable[..., Any], signs: float, direction: int
) -> None:
    found = after_update(duel, "ada(rise=0.5)", p=0.4, signs=signs, updates=3.0)  # of 100 steps
    assert found["p"] == pytest.approx(0.4 + direction * 4 / 50)
    assert (found["signs"], found["updates"]) == (0, 0)


@pytest.mark.parametrize(("p", "signs"), [(0.0, -9.0), (1.0, 9.0)])
def test_p_stays_a_probability(duel: Callable[..., Any], p: float, signs: float) -> None:
    assert after_update(duel, p=p, signs=signs, updates=3.0)["p"] == p


def test_p_moves_in_training_as_fast_under_further_critic_steps(setup: Callable[..., Any]) -> None:
    ends = []
    for recipe in ("ada(target=-0.99)", "ada(target=-0.99)+n-critic(k=2)"):
        trainer = Trainer(setup(recipe, steps=400))
        trainer.prepare()
        for _ in range(5):
            trainer.step()
        ends.append(trainer.replicas.memory[MEMORY]["p"])
    assert ends[0].tolist() == ends[1].tolist() == pytest.approx([4 / 8] * 2)


def test_nothing_changes_before_p_rises(train: Callable[..., Any], apart: Callable[..., float]) -> None:
    assert apart(train("ada", steps=3), train("none", steps=3)) < 1e-7
    assert apart(train("ada(target=-0.99)", steps=6), train("none", steps=6)) > 1e-6


def test_the_first_of_several_critics_decides(duel: Callable[..., Any]) -> None:
    found = after_update(duel, "d2gan+ada", p=0.0, signs=0.0, updates=0.0)
    assert found["signs"] == pytest.approx(found["sign"])


@pytest.mark.parametrize("bad", ["target=1.0", "target=-1.5", "rise=0.0"])
def test_bad_parameters_are_refused(duel: Callable[..., Any], bad: str) -> None:
    with pytest.raises(BadParameter, match=bad.replace("=", " = ")):
        duel(f"ada({bad})")


def test_every_critic_sees_changes_at_the_share_that_the_first_decides(duel: Callable[..., Any]) -> None:
    d = duel("d2gan+ada")
    d.game.memory["ada"]["p"] = torch.ones(())
    assert d.game.hooks is not None
    share = next(s for s in d.game.hooks.strategies if type(s).__name__ == "Ada").share(d.game.facing("discriminator2"))
    assert share == 1
