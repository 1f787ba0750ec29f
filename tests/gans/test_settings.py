"""How players are trained, and the budget."""

from __future__ import annotations

from typing import Any

import pytest

import gancheck as gc
from gancheck.errors import BadParameter

TOGETHER = (("discriminator", "generator"),)


@pytest.mark.parametrize(
    ("schedule", "rates"),
    [("constant", [1.0, 1.0, 1.0]), ("linear", [1.0, 0.6, 0.2]), ("cosine", [1.0, 0.6, 0.2])],
)
def test_the_learning_rate_follows_its_schedule_down_to_the_floor(schedule: Any, rates: list[float]) -> None:
    optimiser = gc.Optimiser(lr=1.0, schedule=schedule, floor=0.2)
    assert [optimiser.rate(share) for share in (0, 0.5, 1)] == pytest.approx(rates)


@pytest.mark.parametrize(
    ("schedule", "rates"),
    [("constant", [0.0, 0.5, 1.0, 1.0, 1.0]), ("linear", [0, 0.5, 1, 0.6, 0.2]), ("cosine", [0, 0.5, 1, 0.6, 0.2])],
)
def test_the_learning_rate_warms_up_before_its_schedule(schedule: Any, rates: list[float]) -> None:
    optimiser = gc.Optimiser(lr=1.0, schedule=schedule, floor=0.2, warm_up=0.2)
    assert [optimiser.rate(share) for share in (0, 0.1, 0.2, 0.6, 1)] == pytest.approx(rates)


def test_the_first_step_of_a_rise_moves_the_weights() -> None:
    optimiser = gc.Optimiser(lr=1.0, warm_up=0.25)
    assert [optimiser.rate(step / 16, 1 / 16) for step in range(6)] == pytest.approx([0.25, 0.5, 0.75, 1, 1, 1])
    assert gc.Optimiser(lr=1.0, warm_up=0.1).rate(1 / 15, 1 / 15) == 1.0  # a step that passes the end of the rise


def test_the_learning_rate_falls_and_starts_again_in_cycles() -> None:
    optimiser = gc.Optimiser(lr=1.0, schedule="cyclic", cycles=4, floor=0.2)
    for cycle in range(4):
        shares = [(cycle + within) / 4 for within in (0, 0.25, 0.5, 0.999999)]
        cosine = [1.0, 0.2 + 0.8 * (1 + 0.5**0.5) / 2, 0.6, 0.2]
        assert [optimiser.rate(share) for share in shares] == pytest.approx(cosine, abs=1e-5)
    warmed = gc.Optimiser(lr=1.0, schedule="cyclic", cycles=2, floor=0.2, warm_up=0.5)
    assert [warmed.rate(share) for share in (0.25, 0.5, 0.625, 0.75)] == pytest.approx([0.5, 1.0, 0.6, 1.0])


def test_both_leads_can_move_at_once_with_those_who_move_with_them() -> None:
    turns = (("discriminator", "judge"), ("encoder",), ("generator",))
    together = gc.Settings(critic_steps=5, turns=turns).simultaneous()
    assert (together.critic_steps, together.turns) == (1, (("discriminator", "judge", "generator"), ("encoder",)))
    assert together.simultaneous() == together


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
        (lambda: gc.Optimiser(name="adagrad"), "no 'adagrad': an optimiser is one of adam, adamw, sgd, rmsprop"),
        (lambda: gc.Optimiser(schedule="cosin"), "no 'cosin': a schedule is one of .* Did you mean 'cosine'"),
        (lambda: gc.Optimiser(warm_up=1.0), r"warm_up = 1.0 must lie in \[0, 1\)"),
        (lambda: gc.Optimiser(warm_up=-0.1), r"warm_up = -0.1 must lie in \[0, 1\)"),
        (lambda: gc.Optimiser(schedule="cyclic", cycles=0), "cycles = 0 be at least 1"),
        (lambda: gc.Optimiser(weight_decay=-0.1), "optimiser: weight_decay = -0.1 is negative"),
        (lambda: gc.Optimiser(eps=-1e-8), "optimiser: eps = -1e-08 is negative"),
        (lambda: gc.Optimiser(name="sgd", momentum=-0.5), "optimiser: momentum = -0.5 is negative"),
        (lambda: gc.Optimiser(name="sgd", eps=1e-8), "optimiser: sgd has no eps"),
        (lambda: gc.Optimiser(momentum=0.9), "optimiser: adam has no momentum; set betas"),
        (lambda: gc.Optimiser(name="adamw", momentum=0.9), "optimiser: adamw has no momentum; set betas"),
        (lambda: gc.Settings(draw=0), "draw = 0: needs at least 1 batch"),
        (lambda: gc.Settings(turns=(("generator",),)), "turns = .* generator and discriminator move in one turn each"),
        (lambda: gc.Settings(critic_steps=2, turns=TOGETHER), "needs a first turn without the generator"),
        (lambda: gc.Settings(batch=1), "batch = 1: needs at least 2 samples"),
        (lambda: gc.Settings(critic_steps=0), "critic_steps = 0: needs at least 1"),
        (lambda: gc.Budget(steps=0), "steps = 0: needs at least 1"),
        (lambda: gc.Budget(3, 4), "evaluations = 4: must lie between 1 and steps = 3"),
    ],
)
def test_values_that_make_no_sense_are_refused(make: Any, line: str) -> None:
    with pytest.raises(BadParameter, match=line):
        make()
