"""Gradients that are mostly noise. McCandlish et al., "An empirical model of large-batch training", 2018."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass, field

from gancheck.detectors.base import Detector, Reading, detector
from gancheck.detectors.observation import Observation
from gancheck.errors import BadParameter
from gancheck.statistics.sequential import Window


@detector("gradient-noise", family="general", needs=("gradient_noise",), paper="McCandlish 2018")
@dataclass
class GradientNoise(Detector):
    """The batch is so small that a step's gradient is noise and hardly signal.

    The signal's share of a gradient is 1 / (1 + noise), where noise is half the squared distance of two gradients in a
    row over their inner product (B_simple / B). Of its means over `window` checks the largest so far counts: the noise
    that belongs to it, as log10, is above log10(`noise`). The best stretch counts because noise wins in every training
    that nears its optimum; so it cannot see a batch that becomes small later. It judges nothing before 2 windows, and
    a model that is fine-tuned from its optimum may raise it without need.
    """

    acts_on = ("gradient_noise",)
    severity = "notice"
    cause = "a batch that is too small for this problem, or labels that say little about the inputs"
    advice = "a larger batch, accumulation of gradients, or a lower learning rate with more momentum"

    noise: float = 30.0  #: noise over signal, squared norms, at which an alarm begins
    window: int = 20  #: checks whose mean is taken
    checks: int = field(default=0, init=False)
    best: float = field(default=0.0, init=False)
    shares: Window = field(default_factory=lambda: Window(20), init=False)

    def __post_init__(self) -> None:
        if not self.noise > 0:
            raise BadParameter(f"noise = {self.noise}: give a number above 0")
        if self.window < 2:
            raise BadParameter(f"window = {self.window}: give at least 2 checks")

    def start(self) -> None:
        """Forget all gradients."""
        self.checks, self.best, self.shares = 0, 0.0, Window(self.window)

    def update(self, seen: Observation) -> Reading | None:
        noise = seen.get("gradient_noise")
        if not math.isfinite(noise):
            return None
        self.shares.add(self.share(noise, seen.get("gradient_cosine")))
        self.checks += 1
        if self.shares.is_full:
            self.best = max(self.best, statistics.fmean(self.shares.values))
        if self.checks < 2 * self.window:
            return None
        found = math.log10(1 / min(max(self.best, 1e-6), 0.999999) - 1)
        said = f"a gradient is at best {10**found:.3g} times as much noise as signal"
        return Reading(found, math.log10(self.noise), said)

    def share(self, noise: float, cosine: float) -> float:
        """The signal's share; negative where two gradients oppose each other, so that chance averages out."""
        opposed = math.isfinite(cosine) and cosine < 0
        return cosine if opposed else 1 / (1 + max(noise, 0.0))
