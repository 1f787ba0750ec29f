"""Rules of debuggers that look into the layers.

Amazon SageMaker Debugger (smdebug), as its rules are documented; AutoTrainer, Zhang et al., ICSE 2021; DeepDiagnosis,
Wardat et al., ICSE 2022; TheDeepChecker, Ben Braiek & Khomh, TOSEM 2022, whose rules are meant for a training on one
batch. Thresholds are theirs. Where a rule reads the mean of absolute gradients, it gets their root mean square.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise

from benchmarks.detectors.peers.base import (
    Peer,
    Recent,
    Rule,
    broken,
    first_over_last,
    largest,
    log10,
    main_loss,
    one_loss,
    smallest,
)
from gancheck.detectors.base import Detector, Reading
from gancheck.detectors.observation import Observation


@dataclass
class Overfit(Detector):
    """(held-out - training) / training loss above 0.1, with the training loss since the last held-out one."""

    threshold: float = 0.1
    losses: list[float] = field(default_factory=list, init=False)

    patience = 1

    def start(self) -> None:
        """Forget all losses."""
        self.losses = []

    def update(self, seen: Observation) -> Reading | None:
        if "loss" in seen.numbers:
            self.losses.append(seen.get("loss"))
        if "val_loss" not in seen.numbers or not self.losses:
            return None
        mean, self.losses = sum(self.losses) / len(self.losses), []
        return Reading((seen.get("val_loss") - mean) / (abs(mean) or 1e-12), self.threshold)


def last_change(values: Sequence[float]) -> float:
    """The last value over the first one, less 1."""
    return (values[-1] - values[0]) / (abs(values[0]) or 1e-12)


def sign_changes(values: Sequence[float]) -> float:
    """Share of steps at which the loss turns."""
    moves = [b - a for a, b in pairwise(values)]
    return sum(a * b < 0 for a, b in pairwise(moves)) / (len(moves) - 1)


def over_least(values: Sequence[float]) -> float:
    """The last value over the least."""
    return values[-1] / max(min(values), 1e-12)


def swings(values: Sequence[float]) -> float:
    """Share of checks at which the accuracy has turned by at least 0.03."""
    turns = [b - a for a, b in pairwise(values)]
    return sum(a * b < 0 and abs(b) >= 0.03 for a, b in pairwise(turns)) / len(values)


def largest_gain(values: Sequence[float]) -> float:
    """The largest change from one check to the next."""
    return max(abs(b - a) for a, b in pairwise(values))


def accuracy(seen: Observation) -> float | None:
    """Where it was logged."""
    return seen.numbers.get("accuracy")


def vanished(seen: Observation) -> float | None:
    """AutoTrainer's two conditions as one number: above 1 where both hold."""
    ratio, first = first_over_last(seen), next(iter(seen.of_layers("layer_gradient").values()), None)
    return None if ratio is None or first is None else min(1e-3 / max(ratio, 1e-30), 1e-4 / max(first, 1e-30))


def logarithmic(measure: object, threshold: float, below: bool = False) -> partial[Rule]:
    """A rule whose numbers differ by orders of magnitude."""
    return partial(Rule, measure, threshold, below, log10)  # type: ignore[arg-type]


def spread(measure: object) -> object:
    """A rule's measure of deviations as one of variances."""

    def squared(seen: Observation) -> float | None:
        value = measure(seen)  # type: ignore[operator]
        return None if value is None else value**2

    return squared


VANISHING, EXPLODING = ("vanishing gradients", "dead units", "initialisation"), ("exploding", "divergence")
DEAD, STUCK = ("dead units",), ("rate too low", "initialisation", "underfitting", "update bug")
NAN, FLAT = ("not finite", "divergence"), ("exploding", "saturation")
RATE = ("rate too high", "divergence")

SMDEBUG = Peer(
    "smdebug",
    "Amazon SageMaker Debugger, built-in rules",
    {
        "loss-not-decreasing": (partial(Recent, one_loss, 11, last_change, 0.0, every=10), STUCK),
        "overfit": (Overfit, ("overfitting",)),
        "vanishing-gradient": (logarithmic(smallest("layer_gradient"), 1e-7, True), VANISHING),
        "exploding-tensor": (partial(Rule, broken, 0.0), NAN),
        "dead-relu": (partial(Rule, largest("dead_units"), 0.5), DEAD),
        "saturated-activation": (partial(Rule, largest("saturated_units"), 0.5), FLAT),
        "update-ratio-high": (logarithmic(largest("update_ratio"), 10.0), RATE),
        "update-ratio-low": (logarithmic(smallest("update_ratio"), 1e-8, True), ("rate too low", "update bug")),
    },
)
AUTOTRAINER = Peer(
    "AutoTrainer",
    "Zhang et al., ICSE 2021",
    {
        "vanish": (logarithmic(vanished, 1.0), VANISHING),
        "explode": (logarithmic(first_over_last, 70.0), EXPLODING),
        "not-finite": (partial(Rule, broken, 0.0), NAN),
        "dying-relu": (partial(Rule, largest("dead_units"), 0.7), DEAD),
        "oscillating": (partial(Recent, accuracy, 6, swings, 0.2), RATE),
        "slow": (partial(Recent, accuracy, 6, largest_gain, 0.01, True), STUCK),
        "not-converged": (partial(Recent, accuracy, 6, max, 0.6, True), STUCK),
        "large-loss": (logarithmic(main_loss, 1e3), EXPLODING),
    },
)
DEEPDIAGNOSIS = Peer(
    "DeepDiagnosis",
    "Wardat et al., ICSE 2022",
    {
        "dead": (partial(Rule, largest("dead_units"), 0.7), DEAD),
        "saturated": (partial(Rule, largest("saturated_units"), 0.5), FLAT),
        "vanishing": (logarithmic(smallest("layer_gradient"), 1e-7, True), VANISHING),
        "variance-high": (logarithmic(spread(largest("activation_spread")), 10.0), EXPLODING),
        "variance-low": (logarithmic(spread(smallest("activation_spread")), 1e-5, True), VANISHING),
        "update-high": (logarithmic(largest("update_ratio"), 1e-1), RATE),
        "update-low": (logarithmic(smallest("update_ratio"), 1e-5, True), STUCK),
        "not-finite": (partial(Rule, broken, 0.0), NAN),
    },
)
DEEPCHECKER = Peer(
    "TheDeepChecker",
    "Ben Braiek & Khomh, TOSEM 2022",
    {
        "dead": (partial(Rule, largest("dead_units"), 0.5), DEAD),
        "saturated": (partial(Rule, largest("saturated_units"), 0.5), FLAT),
        "spread-high": (logarithmic(largest("activation_spread"), 2.0), EXPLODING),
        "spread-low": (logarithmic(smallest("activation_spread"), 0.5, True), VANISHING),
        "vanishing": (logarithmic(smallest("layer_gradient"), 1e-6, True), VANISHING),
        "exploding": (logarithmic(largest("layer_gradient"), 1e6), EXPLODING),
        "update-high": (logarithmic(largest("update_ratio"), 1e-1), RATE),
        "update-low": (logarithmic(smallest("update_ratio"), 1e-4, True), STUCK),
        "not-decreasing": (partial(Recent, one_loss, 6, last_change, -0.05, every=5), STUCK),
        "diverging": (partial(Recent, one_loss, 50, over_least, 2.0), ("divergence",)),
        "fluctuating": (partial(Recent, one_loss, 50, sign_changes, 0.5, every=10), ("rate too high",)),
        "not-finite": (partial(Rule, broken, 0.0), NAN),
    },
)
PEERS = (SMDEBUG, AUTOTRAINER, DEEPDIAGNOSIS, DEEPCHECKER)
