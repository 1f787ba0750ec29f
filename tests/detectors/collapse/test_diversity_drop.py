from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from gancheck.datasets.mixtures.ring import Ring
from gancheck.detectors.base import Alarm
from gancheck.detectors.collapse.diversity_drop import DiversityDrop
from gancheck.detectors.replay import replay
from gancheck.errors import BadParameter
from gancheck.training.diversity import median_distance


def noise(seed: int, n: int, phi: float, deviation: float) -> NDArray[np.float64]:
    """A stationary autoregression of first order."""
    shocks = np.random.default_rng(seed).normal(size=n) * math.sqrt(1 - phi**2)
    x = np.empty(n)
    x[0] = shocks[0] / math.sqrt(1 - phi**2)
    for t in range(1, n):
        x[t] = phi * x[t - 1] + shocks[t]
    return deviation * x


def alarm(diversity: Sequence[float] | NDArray[np.float64], **how: Any) -> Alarm | None:
    found = replay({"drop": DiversityDrop(**how)}, {"diversity": [float(v) for v in diversity]})
    return found[0] if found else None


@pytest.mark.parametrize(("to", "within"), [(0.7, 5), (0.5, 3), (0.05, 1)])
@pytest.mark.parametrize("deviation", [0.0, 0.02, 0.05])
def test_a_drop_raises_within_a_few_probes(to: float, within: int, deviation: float) -> None:
    for seed in range(5):
        level = np.concatenate([np.full(50, 0.95), np.full(50, to)])
        found = alarm(level + noise(seed, 100, 0.3, deviation))
        assert found is not None
        assert 50 < found.step <= 50 + within


def test_evidence_has_both_levels() -> None:
    found = alarm([0.9] * 30 + [0.4] * 10)
    assert found is not None
    assert found.evidence == "distances fell from 0.90 to 0.40 of those in real data"
    found = alarm([0.9] * 30 + [0.04])
    assert found is not None
    assert found.evidence == "samples lie at 0.04 of the distances in real data (alarm below 0.1)"


@pytest.mark.parametrize("phi", [0.0, 0.5])
def test_false_alarms_on_stationary_noise_are_at_most_one_in_a_hundred_runs(phi: float) -> None:
    """Runs of 200 probes at 0.9 of real data's variety, beside noise of 2, 10 and 20 %."""
    runs = [0.9 * (1 + noise(seed, 200, phi, deviation)) for seed in range(50) for deviation in (0.02, 0.1, 0.2)]
    assert sum(alarm(run) is not None for run in runs) <= 1  # of 150


def test_a_slow_start_is_no_drop() -> None:
    for seed in range(5):
        rise = 0.15 + 0.8 * np.minimum(np.arange(100) / 60, 1)
        assert alarm(rise + noise(seed, 100, 0.3, 0.02)) is None


def test_settling_down_from_too_much_variety_is_no_drop() -> None:
    assert alarm([0.3, 0.9, 1.6, 1.4, 1.3, *[1.5] * 20, *np.linspace(1.5, 0.97, 30), *[0.97] * 40]) is None


def test_a_wild_start_is_forgotten() -> None:
    start = [0.3, 1.1, 0.9, 0.6, 0.5, 0.5, 0.6, 0.6, 0.6, 0.6]  # as measured on the ring
    assert alarm([*start, *np.linspace(0.6, 0.95, 30), *[0.95] * 60]) is None
    found = alarm([*start, *np.linspace(0.6, 0.95, 30), *[0.95] * 30, *[0.5] * 30])
    assert found is not None
    assert found.step <= 75


def test_nothing_is_judged_before_the_warm_up_is_over() -> None:
    assert alarm([0.9] * 5 + [0.01] * 5) is None
    found = alarm([0.01] * 11)
    assert found is not None
    assert found.step == 11
    assert alarm([0.01] * 4, warmup=3) is not None


def test_probes_that_are_missing_or_no_numbers_are_passed_over() -> None:
    sparse = [math.nan, 0.9, math.inf] * 20
    assert alarm(sparse) is None
    found = alarm([*sparse, *[0.3] * 3])
    assert found is not None
    assert found.step <= 63


def test_half_a_ring_may_be_lost_unseen() -> None:
    """What the docstring says it cannot see: every second mode is gone, and the distances stay."""
    batch = Ring().draw(4000, torch.Generator().manual_seed(0))
    whole = median_distance(batch.x[:2000])
    half = median_distance(batch.x[batch.y % 2 == 0][:1000])
    assert half / whole == pytest.approx(1, abs=0.1)
    assert alarm([1.0] * 40 + [half / whole] * 60) is None


def test_a_window_of_one_probe_is_refused() -> None:
    with pytest.raises(BadParameter, match="warmup = 1"):
        DiversityDrop(warmup=1)
