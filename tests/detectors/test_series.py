from __future__ import annotations

import math
import random

import pytest

from gancheck.detectors.observation import Observation
from gancheck.detectors.series import LossRun, WholeRun, climbs, falls, gradient_cosine, noise, rises


def test_a_whole_run_stays_small_and_keeps_its_shape() -> None:
    run = WholeRun(most=20)
    for t in range(10_000):
        run.add(float(t))
    assert 10 <= len(run.means) < 20
    assert run.first == 4.5
    assert run.latter_half[0] == pytest.approx(5000, abs=700)
    assert falls([-v for v in run.means])
    assert run.level > 8000


def test_a_loss_run_counts_steps_and_knows_a_rising_rate() -> None:
    run = LossRun()
    for t in range(10, 3001, 10):
        run.add(Observation(t, {"loss_block": 1.0, "learning_rate": min(1.0, t / 1000)}))
        if t == 900:
            assert run.rate_rises
    assert run.steps == 3000
    assert not run.rate_rises


def test_rates_that_fall_do_not_rise() -> None:
    assert not rises([])
    assert not rises([1.0, 0.5, 0.5, 0.1])
    assert rises([1.0, 0.1, 0.5])


def test_trends_are_told_from_noise() -> None:
    draw = random.Random(0)
    flat = [draw.gauss(0, 1) for _ in range(30)]
    assert not falls(flat)
    assert not climbs(flat)
    assert climbs([v + t for t, v in enumerate(flat)])
    assert falls([v - t for t, v in enumerate(flat)])


def test_noise_does_not_count_a_slow_course() -> None:
    draw = random.Random(0)
    assert noise([draw.gauss(0, 2) + t / 10 for t in range(400)]) == pytest.approx(2, rel=0.2)
    assert noise([1.0, 2.0]) == 0.0


def test_a_cosine_lies_between_minus_one_and_one() -> None:
    assert gradient_cosine(Observation(1, {"gradient_cosine": -0.5})) == -0.5
    assert math.isnan(gradient_cosine(Observation(1, {"gradient_cosine": 7.0})))
    assert math.isnan(gradient_cosine(Observation(1)))
