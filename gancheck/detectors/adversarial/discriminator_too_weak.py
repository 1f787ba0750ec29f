"""The discriminator does not see what a small fresh classifier sees.

Lopez-Paz & Oquab, "Revisiting classifier two-sample tests", ICLR 2017.
"""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass, field

from gancheck.detectors.base import Detector, Reading, detector
from gancheck.detectors.observation import Observation
from gancheck.errors import BadParameter


@detector(
    "discriminator-too-weak",
    family="adversarial",
    needs=("fresh_accuracy", "discriminator_accuracy"),
    paper="Lopez-Paz & Oquab 2017",
)
@dataclass
class DiscriminatorTooWeak(Detector):
    """Samples differ plainly from real data, and the discriminator does not notice: the generator is taught nothing.

    Statistic: min(F - A - gap, chance - A), above 0 is suspicious. F is the accuracy of a small classifier that is
    fitted afresh, A the discriminator's mean accuracy since the check before. Of the last `checks` checks the second
    smallest F and the second largest A are taken, so that it is so at all but one. That F is above A is no fault in
    itself: the fresh classifier is fitted to many samples of one generator, and the discriminator to a batch of one
    that moves. In a healthy game A swings about 1/2 and rises above it again and again, while a discriminator that
    hardly moves guesses all the time. The first `checks` checks are left out, since no discriminator knows anything at
    the start. It cannot see a weakness that the small classifier shares.
    """

    acts_on = ("discriminator_accuracy", "fresh_accuracy")
    patience = 5
    cause = "a discriminator that hardly moves: too small a learning rate, too strong a penalty, or frozen parameters"
    advice = "a larger learning rate or more steps of the discriminator, and a look at its gradients"

    gap: float = 0.3  #: accuracy that the discriminator lacks
    chance: float = 0.55  #: accuracy below which it guesses: 1/2 and three errors of the mean over ten batches of 64
    checks: int = 12  #: in one window

    count: int = field(default=0, init=False, repr=False)
    values: list[float] = field(default_factory=list, init=False, repr=False)
    own: list[float] = field(default_factory=list, init=False, repr=False)
    fresh: list[float] = field(default_factory=list, init=False, repr=False)

    def __post_init__(self) -> None:
        if not 0 < self.gap < 1 or not 0 < self.chance <= 1 or self.checks < 2:
            raise BadParameter("gap and chance must be between 0 and 1, and checks at least 2")

    def start(self) -> None:
        self.count, self.values, self.own, self.fresh = 0, [], [], []

    def update(self, seen: Observation) -> Reading | None:
        accuracy, fresh = seen.get("discriminator_accuracy"), seen.get("fresh_accuracy")
        if math.isfinite(accuracy):
            self.values = [*self.values, accuracy][-100:]
        if not (math.isfinite(fresh) and self.values):
            return None
        self.count += 1
        if self.count <= self.checks:
            self.values = []
            return None
        self.own = [*self.own, statistics.fmean(self.values)][-self.checks :]
        self.fresh = [*self.fresh, fresh][-self.checks :]
        self.values = []
        return self.judge() if len(self.own) == self.checks else None

    def judge(self) -> Reading:
        """The reading of this check."""
        own, fresh = sorted(self.own)[-2], sorted(self.fresh)[1]
        lacking = min(fresh - own - self.gap, self.chance - own)
        return Reading(
            lacking, 0.0, f"the discriminator has {own:.0%} right at best, a fresh small classifier {fresh:.0%}"
        )
