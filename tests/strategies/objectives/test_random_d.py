from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch

from gancheck.errors import BadParameter
from gancheck.gans.noise import DrawnNoise
from gancheck.strategies.objectives._critics import names


def lucky(d: Any, *luck: float) -> Any:
    """The same game with these draws."""
    return replace(d, game=replace(d.game, noise=DrawnNoise({"random-d#1": torch.tensor(luck)})))


def against(d: Any, *which: int) -> torch.Tensor:
    """The generator's mean loss against some critics, by plain calls."""
    return torch.stack([-torch.sigmoid(d.modules[names(3)[i]](d.samples)).log().mean() for i in which]).mean()


def test_generator_plays_against_those_that_stay(duel: Callable[..., Any]) -> None:
    d = duel("random-d(critics=3, dropped=0.4)", "generator")
    torch.testing.assert_close(lucky(d, 0.9, 0.3, 0.4).loss(), against(d, 0, 2))
    torch.testing.assert_close(lucky(d, 0.5, 0.6, 0.7).loss(), against(d, 0, 1, 2))


def test_one_stays_where_chance_would_drop_all(duel: Callable[..., Any]) -> None:
    d = duel("random-d(critics=3, dropped=0.4)", "generator")
    torch.testing.assert_close(lucky(d, 0.1, 0.3, 0.2).loss(), against(d, 1))


def test_those_left_out_go_on_learning(duel: Callable[..., Any]) -> None:
    torch.testing.assert_close(duel("random-d(critics=3, dropped=0.9)").loss(), duel("gman(critics=3)").loss())


def test_dropping_none_is_the_mean_over_all(train: Callable[..., Any], apart: Callable[..., float]) -> None:
    both = [train(recipe, steps=3) for recipe in ("random-d(critics=2, dropped=0.0)", "gman(critics=2, sharpness=0.0)")]
    assert apart(*both) < 1e-6
    assert apart(both[0], train("random-d(critics=2, dropped=0.9)", steps=3)) > 1e-6


@pytest.mark.parametrize("parameter", ["critics=1", "dropped=1.0", "dropped=-0.1"])
def test_parameters_out_of_range_are_refused(duel: Callable[..., Any], parameter: str) -> None:
    with pytest.raises(BadParameter, match=parameter.replace("=", " = ")):
        duel(f"random-d({parameter})")
