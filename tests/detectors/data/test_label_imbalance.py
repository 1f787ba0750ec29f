from __future__ import annotations

import numpy as np
import pytest

from gancheck.detectors.alarms import AlarmTracker
from gancheck.detectors.data.label_imbalance import LabelImbalance
from gancheck.detectors.observation import Observation
from gancheck.detectors.replay import replay
from gancheck.errors import BadParameter


def said(shares: list[float], seed: int = 0) -> list[str]:
    """Where alarms are when labels of these shares come, their number doubling."""
    source, counts, seen = np.random.default_rng(seed), np.zeros(len(shares)), []
    for step, more in enumerate((32, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192), start=1):
        counts += source.multinomial(more, shares)
        layers = {str(k): c / counts.sum() for k, c in enumerate(counts) if c}
        seen.append(Observation(step, {"label_count": counts.sum()}, {"label_share": layers}))
    return [a.where for a in replay(AlarmTracker({"it": LabelImbalance()}), seen).alarms]


@pytest.mark.parametrize("classes", [2, 10, 100, 1_000])
def test_even_classes_are_silent_however_many(classes: int) -> None:
    assert not any(said([1 / classes] * classes, seed) for seed in range(5))


def test_a_moderate_imbalance_is_silent_and_a_large_one_is_a_notice() -> None:
    assert said([0.8, 0.2]) == []
    assert said([0.7, 0.29, 0.01]) == ["class 2"]
    assert LabelImbalance.severity == "notice"


def test_one_class_or_no_count_says_nothing() -> None:
    detector = LabelImbalance()
    assert detector.update(Observation(1, {"label_count": 1e6}, {"label_share": {"0": 1.0}})) is None
    assert detector.update(Observation(1, {}, {"label_share": {"0": 0.999, "1": 0.001}})) is None


def test_a_ratio_of_one_is_refused() -> None:
    with pytest.raises(BadParameter, match="ratio must be above 1"):
        LabelImbalance(ratio=1.0)
