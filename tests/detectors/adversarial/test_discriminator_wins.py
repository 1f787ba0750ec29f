from __future__ import annotations

import math

import numpy as np
import pytest

from gancheck.detectors.adversarial.discriminator_wins import DiscriminatorWins
from gancheck.errors import BadParameter
from tests.detectors.series import Series, alarms, noise, survives


def series(accuracy: np.ndarray, sign: np.ndarray, seed: int = 0, loss: float = 0.1) -> Series:
    n = len(accuracy)
    return {
        "discriminator_accuracy": list(np.clip(accuracy + noise(seed, n, 0.02), 0, 1)),
        "real_sign": list(np.clip(sign + noise(seed + 100, n, 0.05), -1, 1)),
        "discriminator_loss": list(loss + noise(seed + 200, n, 0.02)),
    }


def test_a_discriminator_that_is_always_right_raises() -> None:
    for seed in range(3):
        course = np.concatenate([np.full(400, 0.7), np.full(400, 0.995)])
        found = alarms(DiscriminatorWins(), series(course, 2 * course - 1, seed))
        assert len(found) == 1
        assert 400 < found[0].step <= 700


def test_a_fair_game_is_silent_and_so_is_a_start_that_the_discriminator_wins() -> None:
    for seed in range(3):
        start = np.concatenate([np.full(200, 1.0), np.linspace(1, 0.75, 100), np.full(1_500, 0.75)])
        assert not alarms(DiscriminatorWins(), series(start, 2 * start - 1, seed))


def test_a_critic_may_win() -> None:
    assert not alarms(DiscriminatorWins(), series(np.full(800, 0.995), np.full(800, 0.95), loss=-3.0))


def test_accuracy_alone_is_not_enough() -> None:
    assert not alarms(DiscriminatorWins(), series(np.full(800, 0.995), np.full(800, 0.1)))


def test_missing_signals_and_nan_are_passed_over() -> None:
    assert not alarms(DiscriminatorWins(), {"discriminator_loss": [0.1] * 600})
    assert not alarms(DiscriminatorWins(), {"discriminator_accuracy": [math.nan] * 600, "real_sign": [1.0] * 600})


def test_its_memory_survives_a_checkpoint() -> None:
    course = series(np.full(600, 0.99), np.full(600, 0.9))
    assert survives(DiscriminatorWins(), DiscriminatorWins(), course, 455)


def test_an_accuracy_of_one_is_refused() -> None:
    with pytest.raises(BadParameter, match="between 0 and 1"):
        DiscriminatorWins(accuracy=1.0)
