"""How players are trained, and the budget."""

from __future__ import annotations

from typing import Any

import pytest

import gancheck as gc
from gancheck.errors import BadParameter


@pytest.mark.parametrize(
    ("schedule", "rates"),
    [("constant", [1.0, 1.0, 1.0]), ("linear", [1.0, 0.6, 0.2]), ("cosine", [1.0, 0.6, 0.2])],
)
def test_the_learning_rate_follows_its_schedule_down_to_the_floor(schedule: Any, rates: list[float]) -> None:
    optimiser = gc.Optimiser(lr=1.0, schedule=schedule, floor=0.2)
    assert [optimiser.rate(share) for share in (0, 0.5, 1)] == pytest.approx(rates)


def test_one_players_settings_can_be_changed() -> None:
    tuned = gc.Settings(default=gc.Optimiser(lr=0.1)).tuned("discriminator", lr=0.4).tuned("discriminator", name="sgd")
    assert (tuned.player("discriminator").lr, tuned.player("discriminator").name) == (0.4, "sgd")
    assert tuned.player("generator") == gc.Optimiser(lr=0.1)


@pytest.mark.parametrize(
    ("steps", "evaluations", "points"), [(20, 4, (5, 10, 15, 20)), (10, 3, (3, 7, 10)), (1, 1, (1,))]
)
def test_evaluations_are_evenly_spaced_and_end_at_the_end(steps: int, evaluations: int, points: tuple[int]) -> None:
    assert gc.Budget(steps, evaluations).points == points


@pytest.mark.parametrize(
    ("make", "line"),
    [
        (lambda: gc.Optimiser(lr=0), "optimiser: lr = 0 must be positive"),
        (lambda: gc.Optimiser(betas=(0.5, 1.0)), r"optimiser: betas = \(0.5, 1.0\) must lie in \[0, 1\)"),
        (lambda: gc.Settings(batch=1), "batch = 1: needs at least 2 samples"),
        (lambda: gc.Settings(critic_steps=0), "critic_steps = 0: needs at least 1"),
        (lambda: gc.Budget(steps=0), "steps = 0: needs at least 1"),
        (lambda: gc.Budget(3, 4), "evaluations = 4: must lie between 1 and steps = 3"),
    ],
)
def test_values_that_make_no_sense_are_refused(make: Any, line: str) -> None:
    with pytest.raises(BadParameter, match=line):
        make()
