"""What a peer is: rules as detectors, with what each is taken to name."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from gancheck.detectors.base import Detector, Reading
from gancheck.detectors.observation import Observation

Measure = Callable[[Observation], float | None]  #: None where a step says nothing
EPOCH = 25  #: steps that stand for an epoch, where a rule counts epochs


@dataclass
class Rule(Detector):
    """A number of one step against a threshold, at once."""

    measure: Measure
    threshold: float
    below: bool = False
    scale: Callable[[float], float] = float  #: makes numbers of many sizes comparable; thresholds too

    patience = 1

    def start(self) -> None:
        """Nothing is remembered."""

    def update(self, seen: Observation) -> Reading | None:
        value = self.measure(seen)
        if value is None or math.isnan(value):
            return None
        return Reading(self.scale(value), self.scale(self.threshold), below=self.below)


@dataclass
class Recent(Detector):
    """A number of the last so many values of a signal against a threshold, once there are enough."""

    signal: Measure
    size: int
    judge: Callable[[Sequence[float]], float]
    threshold: float
    below: bool = False
    every: int = 1  #: values between two judgements
    values: list[float] = field(default_factory=list, init=False)
    count: int = field(default=0, init=False)

    patience = 1

    def start(self) -> None:
        """Forget all values."""
        self.values, self.count = [], 0

    def update(self, seen: Observation) -> Reading | None:
        value = self.signal(seen)
        if value is None or not math.isfinite(value):
            return None
        self.values, self.count = [*self.values, value][-self.size :], self.count + 1
        if len(self.values) < self.size or self.count % self.every:
            return None
        return Reading(self.judge(self.values), self.threshold, below=self.below)


@dataclass(frozen=True)
class Peer:
    """A tool by name: its rules, and the causes that each of them names."""

    name: str
    source: str  #: where its rules are published
    rules: Mapping[str, tuple[Callable[[], Detector], tuple[str, ...]]]


def main_loss(seen: Observation) -> float | None:
    """The loss; of a GAN the generator's."""
    return seen.numbers.get("loss", seen.numbers.get("generator_loss"))


def one_loss(seen: Observation) -> float | None:
    """The loss where there is but one: that of a game need not fall, and no rule that asks for it is shown it."""
    return seen.numbers.get("loss")


def held_out_loss(seen: Observation) -> float | None:
    """Where it was logged."""
    return seen.numbers.get("val_loss")


def broken(seen: Observation) -> float:
    """How many numbers are NaN or infinite."""
    layers = [v for values in seen.layers.values() for v in values.values()]
    return float(sum(not math.isfinite(v) for v in [*seen.numbers.values(), *layers]))


def broken_loss(seen: Observation) -> float:
    """How many losses are."""
    return float(sum(not math.isfinite(v) for v in seen.losses.values()))


def largest(name: str) -> Measure:
    """Over the layers."""
    return lambda seen: max(finite_layers(seen, name), default=None)


def smallest(name: str) -> Measure:
    """Over the layers."""
    return lambda seen: min(finite_layers(seen, name), default=None)


def middle(name: str) -> Measure:
    """Median over the layers."""

    def measure(seen: Observation) -> float | None:
        values = sorted(finite_layers(seen, name))
        return values[len(values) // 2] if values else None

    return measure


def first_over_last(seen: Observation) -> float | None:
    """The first layer's gradient over the last one's."""
    values = finite_layers(seen, "layer_gradient")
    return values[0] / max(values[-1], 1e-30) if len(values) > 1 else None


def finite_layers(seen: Observation, name: str) -> list[float]:
    """A signal's finite numbers."""
    return [v for v in seen.of_layers(name).values() if math.isfinite(v)]


def log10(value: float) -> float:
    """Of what may be zero."""
    return math.log10(max(value, 1e-30))


def variation(values: Sequence[float]) -> float:
    """Standard deviation over the mean's size."""
    mean = sum(values) / len(values)
    spread = math.sqrt(sum((v - mean) ** 2 for v in values) / len(values))
    return spread / max(abs(mean), 1e-12)
