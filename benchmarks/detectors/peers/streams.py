"""Rules that read a loss, and tests for streams.

BTTackler, Gao et al., KDD 2024; llm-foundry's KillLossSpike; PyTorch's ReduceLROnPlateau; early stopping as Lightning
has it; trainpulse; river's Page-Hinkley and ADWIN (Bifet & Gavalda, "Learning from time-changing data with adaptive
windowing", SDM 2007). Thresholds are theirs. An epoch is 25 steps, and what falls is no alarm of a stream's test.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from benchmarks.detectors.peers.base import (
    EPOCH,
    Measure,
    Peer,
    Recent,
    Rule,
    broken_loss,
    first_over_last,
    held_out_loss,
    largest,
    log10,
    main_loss,
    middle,
    one_loss,
    variation,
)
from gancheck.detectors.base import Detector, Reading
from gancheck.detectors.observation import Observation


@dataclass
class NoProgress(Detector):
    """Looks at held-out data in a row without a new best loss, more than `patience_epochs` of them."""

    patience_epochs: float
    margin: float  #: share by which a value must be better
    best: float = field(default=math.inf, init=False)
    bad: int = field(default=0, init=False)

    patience = 1

    def start(self) -> None:
        """No epoch yet."""
        self.best, self.bad = math.inf, 0

    def update(self, seen: Observation) -> Reading | None:
        value = held_out_loss(seen)
        if value is None:
            return None
        better = value < self.best - self.margin * abs(self.best) if math.isfinite(self.best) else value < self.best
        self.best, self.bad = (value, 0) if better else (self.best, self.bad + 1)
        return Reading(float(self.bad), self.patience_epochs)


@dataclass
class PageHinkley(Detector):
    """A sum of what lies above the running mean, less its least value, above 50. Page, Biometrika 1954."""

    threshold: float = 50.0
    delta: float = 0.005
    forget: float = 0.9999
    least_count: int = 30
    count: int = field(default=0, init=False)
    mean: float = field(default=0.0, init=False)
    total: float = field(default=0.0, init=False)
    least: float = field(default=math.inf, init=False)

    patience = 1

    def start(self) -> None:
        """Nothing seen."""
        self.count, self.mean, self.total, self.least = 0, 0.0, 0.0, math.inf

    def update(self, seen: Observation) -> Reading | None:
        value = main_loss(seen)
        if value is None or not math.isfinite(value):
            return None
        self.count += 1
        self.mean += (value - self.mean) / self.count
        self.total = self.forget * self.total + value - self.mean - self.delta
        self.least = min(self.least, self.total)
        return Reading(self.total - self.least, self.threshold) if self.count >= self.least_count else None


@dataclass
class Adwin(Detector):
    """Two parts of the window whose means differ by more than chance at 0.002; the older part is dropped then."""

    delta: float = 0.002
    every: int = 32
    values: list[float] = field(default_factory=list, init=False)
    count: int = field(default=0, init=False)

    patience = 1

    def start(self) -> None:
        """An empty window."""
        self.values, self.count = [], 0

    def update(self, seen: Observation) -> Reading | None:
        value = main_loss(seen)
        if value is None or not math.isfinite(value):
            return None
        self.values, self.count = [*self.values, value], self.count + 1
        if self.count % self.every or len(self.values) < 2 * self.every:
            return None
        found = [self.beyond(cut) for cut in range(self.every, len(self.values) - self.every + 1, self.every)]
        worst, change, cut = max(found)
        if worst > 0:
            self.values = self.values[cut:]
        return Reading(worst if change > 0 else min(worst, 0.0), 0.0)

    def beyond(self, cut: int) -> tuple[float, float, int]:
        """How far the two means are beyond the bound, over it; the change; the cut."""
        old, new, n = self.values[:cut], self.values[cut:], len(self.values)
        mean = sum(self.values) / n
        variance = sum((v - mean) ** 2 for v in self.values) / n
        harmonic, log = 1 / (1 / len(old) + 1 / len(new)), math.log(2 * math.log(n) / self.delta)
        bound = math.sqrt(2 / harmonic * variance * log) + 2 / (3 * harmonic) * log
        change = sum(new) / len(new) - sum(old) / len(old)
        return abs(change) / bound - 1, change, cut


@dataclass
class Toggle(Detector):
    """An alarm every hundred steps, whatever happens."""

    patience = 1

    def start(self) -> None:
        """Nothing is remembered."""

    def update(self, seen: Observation) -> Reading | None:
        return Reading(float(seen.step % 100 == 1), 0.5)


def least_excess(values: Sequence[float]) -> float:
    """The least of the last five, over the mean of those before."""
    return min(values[-5:]) / max(sum(values[:-5]) / len(values[:-5]), 1e-12)


def share_above_ten(values: Sequence[float]) -> float:
    """Of the last hundred."""
    return sum(v > 10 for v in values[-100:]) / 100


def last_over_mean(values: Sequence[float]) -> float:
    """The last value over the mean of those before."""
    return values[-1] / max(sum(values[:-1]) / (len(values) - 1), 1e-12)


def gain(values: Sequence[float]) -> float:
    """By how much the second half's least value is below the first value."""
    return values[0] - min(values[1:])


def rise(values: Sequence[float]) -> float:
    """Slope per epoch over six epochs, where the loss varies by more than a fifth; else none."""
    means = epochs(values)
    slope = (means[-1] - means[0]) / (len(means) - 1)
    return slope if variation(means) > 0.2 else min(slope, 0.0)


def epochs(values: Sequence[float]) -> list[float]:
    """Means of epochs."""
    return [sum(values[i : i + EPOCH]) / EPOCH for i in range(0, len(values), EPOCH)]


def size(name: str) -> Measure:
    """A number, where it was measured."""
    return lambda seen: seen.numbers.get(name)


def jump(values: Sequence[float]) -> float:
    """The learning rate over the one before."""
    return max(values) / max(min(values), 1e-30)


HIGH, GRADIENTS = ("divergence", "loss spike", "rate too high"), ("exploding", "divergence")
STUCK = ("rate too low", "underfitting", "initialisation", "update bug")
BROKEN = {"not-finite": (partial(Rule, broken_loss, 0.0), ("not finite", "divergence"))}

PEERS = (
    Peer(
        "BTTackler",
        "Gao et al., KDD 2024",
        {
            **BROKEN,
            "exploding": (partial(Rule, middle("layer_gradient"), 1e4, False, log10), GRADIENTS),
            "quotient-high": (partial(Rule, first_over_last, 1e3, False, log10), GRADIENTS),
            "vanishing": (partial(Rule, middle("layer_gradient"), 1e-5, True, log10), ("vanishing gradients",)),
            "quotient-low": (partial(Rule, first_over_last, 1e-4, True, log10), ("vanishing gradients",)),
            "dying-relu": (partial(Rule, largest("dead_units"), 0.5), ("dead units",)),
            "slow": (partial(Recent, one_loss, 6 * EPOCH, lambda v: variation(epochs(v)), 1e-4, True, EPOCH), STUCK),
            "oscillating": (partial(Recent, main_loss, 6 * EPOCH, rise, 0.01, False, EPOCH), HIGH),
        },
    ),
    Peer(
        "KillLossSpike",
        "llm-foundry's callback",
        {
            **BROKEN,
            "spike": (partial(Recent, main_loss, 105, least_excess, 2.0), HIGH),
            "high": (partial(Recent, main_loss, 200, share_above_ten, 0.499), HIGH),
        },
    ),
    Peer("ReduceLROnPlateau", "PyTorch: patience 10", {"plateau": (partial(NoProgress, 10.5, 1e-4), STUCK)}),
    Peer(
        "early stopping",
        "Lightning: patience 3",
        {**BROKEN, "no-progress": (partial(NoProgress, 2.5, 0.0), ("overfitting", "performance drop"))},
    ),
    Peer(
        "trainpulse",
        "trainpulse 0.4",
        {
            **BROKEN,
            "spike": (partial(Recent, main_loss, 51, last_over_mean, 5.0), HIGH),
            "gradient-high": (partial(Rule, size("gradient_norm"), 100.0, False, log10), GRADIENTS),
            "gradient-low": (partial(Rule, size("gradient_norm"), 1e-7, True, log10), ("vanishing gradients",)),
            "rate-jump": (partial(Recent, size("learning_rate"), 2, jump, 10.0), ("divergence", "rate too high")),
            "plateau": (partial(Recent, one_loss, 100, gain, 1e-5, True), STUCK),
        },
    ),
    Peer("river Page-Hinkley", "river 0.26, threshold 50", {"page-hinkley": (PageHinkley, HIGH)}),
    Peer("river ADWIN", "river 0.26, delta 0.002", {"adwin": (Adwin, HIGH)}),
    Peer("loss is NaN", "the usual assert", BROKEN),
    Peer("always", "an alarm every 100 steps", {"always": (Toggle, ())}),
    Peer("never", "no alarm", {}),
)
