from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from gancheck.detectors.general.loss_plateau import LossPlateau
from gancheck.detectors.replay import replay
from gancheck.errors import BadParameter

STEPS = np.arange(1500)
FLAT, FALLING = np.ones(1500), 1 - 1.5e-5 * STEPS  # 1.5 % in a window of 1000 steps, inside the margin of 2 %


def noise(seed: int, phi: float, deviation: float) -> NDArray[np.float64]:
    """A stationary autoregression of first order."""
    shocks = np.random.default_rng(seed).normal(size=1500) * math.sqrt(1 - phi**2)
    x = np.empty(1500)
    x[0] = shocks[0] / math.sqrt(1 - phi**2)
    for t in range(1, 1500):
        x[t] = phi * x[t - 1] + shocks[t]
    return deviation * x


def raised(d: NDArray[np.float64], g: NDArray[np.float64], **how: float) -> int | None:
    """The step of the alarm."""
    alarms = replay({"plateau": LossPlateau(**how)}, {"discriminator_loss": d.tolist(), "generator_loss": g.tolist()})  # type: ignore[arg-type]
    return alarms[0].step if alarms else None


@pytest.mark.parametrize("phi", [0.0, 0.5])
def test_flat_losses_raise_as_soon_as_a_window_is_full(phi: float) -> None:
    steps = [raised(FLAT + noise(i, phi, 0.01), 0.7 + noise(i + 50, phi, 0.007)) for i in range(20)]
    assert sum(step is not None for step in steps) >= 19
    assert min(step for step in steps if step) == 1000


@pytest.mark.parametrize("phi", [0.0, 0.5])
def test_a_slow_steady_trend_keeps_it_silent(phi: float) -> None:
    """False alarms on streams that still move, 1.5 % in a window beside noise of 1 %: none in 40 runs."""
    assert [raised(FALLING + noise(i, phi, 0.01), FALLING + noise(i + 50, phi, 0.01)) for i in range(20)] == [None] * 20
    assert [raised(FLAT + noise(i, phi, 0.01), FALLING + noise(i + 50, phi, 0.01)) for i in range(20)] == [None] * 20


def test_large_fluctuation_is_no_standstill() -> None:
    assert raised(FLAT + noise(1, 0.5, 0.2), FLAT + noise(2, 0.5, 0.2)) is None
    assert raised(FLAT + 0.1 * np.sin(STEPS / 80), FLAT) is None


def test_losses_below_zero_are_judged_by_their_size() -> None:
    assert raised(-5 * FLAT + noise(1, 0.0, 0.05), -3 * FLAT + noise(2, 0.0, 0.03)) == 1000
    assert raised(-5 * FALLING, -3 * FLAT) is None
    assert raised(noise(1, 0.0, 0.1), noise(2, 0.0, 0.1)) is None  # about zero there is no size to go by


def test_losses_that_are_no_numbers_are_no_plateau() -> None:
    bad = FLAT.copy()
    bad[990:] = math.nan
    assert raised(bad, FLAT) is None
    assert raised(np.full(1500, math.inf), FLAT) is None
    assert replay({"plateau": LossPlateau()}, {"discriminator_loss": FLAT.tolist()}) == []  # the other is not reported


def test_block_and_window_set_how_long_it_waits() -> None:
    assert raised(FLAT, FLAT, block=10, window=5) == 50
    with pytest.raises(BadParameter, match="needs at least 1 step and 3 points"):
        LossPlateau(block=0)
    with pytest.raises(BadParameter, match="needs at least 1 step and 3 points"):
        LossPlateau(window=2)
