"""Losses that have stopped moving, judged by trend and not by the last value.

Mann, "Nonparametric tests against trend", Econometrica 1945. The test runs on block means, because single losses are
correlated from step to step, which makes it raise false alarms.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from gancheck.detectors.base import Detector, detector
from gancheck.errors import BadParameter

LOSSES = ("discriminator_loss", "generator_loss")


@detector("loss-plateau", needs=LOSSES)
@dataclass
class LossPlateau(Detector):
    """Raise when, for `window` block means, no loss has a trend and all stay within `margin` of their mean size.

    A plateau is no proof of anything: a GAN at its equilibrium has one too. It says that losses carry no news. Beside
    noise of 1 % (autocorrelation 0 or 0.5) a loss that falls by 1.5 % in a window keeps it silent in 40 runs of 40.
    """

    block: int = 50  #: steps averaged into one point
    window: int = 20  #: points looked at
    level: float = 0.05  #: a trend counts when its p-value is below this
    margin: float = 0.02  #: range of the points over their mean size, below which a loss stands still

    sums: dict[str, float] = field(default_factory=dict, init=False, repr=False)
    points: dict[str, list[float]] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        if self.block < 1 or self.window < 3:
            raise BadParameter(f"block = {self.block}, window = {self.window}: needs at least 1 step and 3 points")

    def start(self) -> None:
        self.sums = dict.fromkeys(LOSSES, 0.0)
        self.points = {name: [] for name in LOSSES}

    def update(self, step: int, signals: Mapping[str, float]) -> tuple[float, str] | None:
        for name in LOSSES:
            self.sums[name] += signals.get(name, math.nan)
        if step % self.block:
            return None
        for name in LOSSES:
            self.points[name] = [*self.points[name], self.sums[name] / self.block][-self.window :]
            self.sums[name] = 0.0
        return self.look(step) if all(map(self.still, self.points.values())) else None

    def still(self, points: list[float]) -> bool:
        """Whether one loss stands still: a full window, a narrow range, and no trend inside it."""
        if len(points) < self.window or not all(map(math.isfinite, points)):
            return False
        from scipy.stats import kendalltau  # a second to import

        size = sum(map(abs, points)) / len(points)
        narrow = max(points) - min(points) <= self.margin * size
        return narrow and not kendalltau(range(len(points)), points).pvalue < self.level

    def look(self, step: int) -> tuple[float, str]:
        """The alarm: how long nothing has moved."""
        steps = self.block * self.window
        evidence = f"no trend and under {self.margin:.0%} range in both losses for {steps} steps, to step {step}"
        return float(steps), evidence
