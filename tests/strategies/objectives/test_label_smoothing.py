from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch.nn.functional import binary_cross_entropy_with_logits as cross_entropy

from gancheck.errors import BadParameter


def test_targets_are_smooth_for_real_samples_only(duel: Callable[..., Any]) -> None:
    d = duel("label-smoothing(target=0.8)")
    expected = cross_entropy(d.real, torch.full((6,), 0.8)) + cross_entropy(d.fake, torch.zeros(6))
    torch.testing.assert_close(d.loss(), expected)


def test_generator_plays_the_non_saturating_game(duel: Callable[..., Any]) -> None:
    torch.testing.assert_close(duel("label-smoothing", "generator").loss(), duel("none", "generator").loss())


def test_target_of_one_is_the_untreated_gan(duel: Callable[..., Any]) -> None:
    torch.testing.assert_close(duel("label-smoothing(target=1.0)").loss(), duel("none").loss(), rtol=0, atol=0)
    assert duel("label-smoothing").loss() != duel("none").loss()


def test_another_objective_beside_it_is_refused(duel: Callable[..., Any]) -> None:
    with pytest.raises(BadParameter, match="two objectives"):
        duel("lsgan+label-smoothing")


@pytest.mark.parametrize("target", [0.5, 1.1])
def test_targets_that_say_nothing_are_refused(duel: Callable[..., Any], target: float) -> None:
    with pytest.raises(BadParameter, match=f"target = {target}"):
        duel(f"label-smoothing(target={target})")
