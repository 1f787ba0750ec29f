"""In which state a training ended: told of series as trainings make them, with correlated noise."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from gancheck.bench.training_state import training_state
from gancheck.detectors.base import Alarm
from gancheck.training.record import TrainingRecord

STEPS = 1_000
TIME = np.linspace(0, 1, STEPS)


def noise(seed: int, size: float, memory: float = 0.8) -> np.ndarray:
    """Correlated noise with this standard deviation."""
    steps = np.random.default_rng(seed).normal(0, size * np.sqrt(1 - memory**2), STEPS)
    made = np.zeros(STEPS)
    for i in range(1, STEPS):
        made[i] = memory * made[i - 1] + steps[i]
    return made


def record(diversity: Any, gap: Any, **facts: Any) -> TrainingRecord:
    """Diversity is measured every tenth step, logits at every one."""
    sparse = np.full(STEPS, np.nan)
    sparse[9::10] = (diversity + np.zeros(STEPS))[9::10]
    logits = {"real_logit": gap + np.zeros(STEPS), "fake_logit": np.zeros(STEPS)}
    return TrainingRecord(0, trace={n: torch.tensor(v) for n, v in {"diversity": sparse, **logits}.items()}, **facts)


@pytest.mark.parametrize("seed", range(8))
def test_a_gan_that_came_to_rest_is_settled(seed: int) -> None:
    early = np.exp(-8 * TIME)
    made = record(1 - 0.5 * early + noise(seed, 0.03), 0.2 + 2 * early + noise(seed + 99, 0.1))
    assert training_state([], made) == "settled"


@pytest.mark.parametrize("seed", range(4))
def test_a_gan_whose_diversity_still_grows_is_moving(seed: int) -> None:
    assert training_state([], record(0.3 + 0.6 * TIME + noise(seed, 0.02), 1 + noise(seed + 99, 0.1))) == "moving"


@pytest.mark.parametrize("seed", range(4))
def test_logits_that_swing_to_the_end_are_oscillating(seed: int) -> None:
    gap = 2 + 1.8 * np.sin(2 * np.pi * 12 * TIME) + noise(seed, 0.1)
    assert training_state([], record(0.9 + noise(seed, 0.02), gap)) == "oscillating"


@pytest.mark.parametrize("seed", range(4))
def test_diversity_that_comes_and_goes_is_oscillating(seed: int) -> None:
    diversity = 0.6 + 0.35 * np.sin(2 * np.pi * 9 * TIME) + noise(seed, 0.02)
    assert training_state([], record(diversity, 1 + noise(seed, 0.1))) == "oscillating"


QUIET = record(1 + noise(0, 0.02), 1 + noise(1, 0.1))


def alarm(detector: str, recovered: int | None = None) -> Alarm:
    return Alarm(detector, 500, "warning", 1.0, 0.5, "", recovered=recovered)


@pytest.mark.parametrize(
    ("detectors", "state"),
    [
        (["diversity-drop"], "collapsed"),
        (["partial-collapse"], "collapsed"),
        (["rotation"], "oscillating"),
        (["rotation", "diversity-drop"], "collapsed"),
        (["diversity-drop", "nonfinite"], "diverged"),
        (["plateau"], "settled"),
    ],
)
def test_alarms_that_are_not_over_decide_before_the_signals(detectors: list[str], state: str) -> None:
    assert training_state([alarm(name) for name in detectors], QUIET) == state


def test_an_alarm_that_is_over_does_not_decide() -> None:
    assert training_state([alarm("diversity-drop", recovered=600)], QUIET) == "settled"


def test_a_run_that_left_the_finite_numbers_is_diverged() -> None:
    assert training_state([], record(np.nan, np.nan, status="diverged")) == "diverged"


def test_a_wasserstein_critic_is_judged_by_the_shape_of_its_gap() -> None:
    early = np.exp(-8 * TIME)
    made = record(1 + noise(0, 0.02), -900 + 500 * early + noise(1, 20))
    assert training_state([], made) == "settled"


@pytest.mark.parametrize(
    "trace",
    [
        {},
        {"diversity": torch.full((50,), torch.nan)},
        {"real_logit": torch.zeros(300), "fake_logit": torch.zeros(300)},
        {"generator_loss": torch.zeros(300)},
        {"diversity": torch.rand(5)},
    ],
)
def test_too_little_to_tell_is_no_state(trace: dict[str, torch.Tensor]) -> None:
    assert training_state([], TrainingRecord(0, trace=trace)) is None


def test_numbers_that_are_not_finite_are_left_out() -> None:
    made = record(1 + noise(0, 0.02), np.where(np.arange(STEPS) % 7 == 0, np.nan, 1 + noise(1, 0.1)))
    assert training_state([], made) == "settled"
