"""Two players that turn around each other. Mescheder, Geiger, Nowozin, "Which training methods for GANs do actually
converge?", ICML 2018."""

from __future__ import annotations

import math
from dataclasses import dataclass

from gancheck.detectors.base import Detector, Reading, detector
from gancheck.detectors.observation import Observation
from gancheck.errors import BadParameter


@detector("rotation", family="adversarial", needs=("path_turns", "path_radius"), paper="Mescheder 2018")
@dataclass
class Rotation(Detector):
    """Generator and discriminator run in circles around an equilibrium and do not come nearer to it.

    Rule: turns of the path in the last 60 checks > `turns`, and its radius now over that of 60 checks ago > `radius`,
    at 15 checks in a row; both without unit. A path that turns inwards, as with the R1 penalty, is silent, as is a
    noisy rest, whose turns take each other back. It cannot see circles that take fewer than about three checks, or more
    than forty-eight.
    """

    acts_on = ("path_turns",)
    severity = "warning"
    patience = 15
    cause = "simultaneous steps without anything that damps them, at rates too high or with too much momentum"
    advice = "an R1 penalty, a lower rate, Adam with beta1 = 0, an average of the generator's weights, or extragradient"

    turns: float = 1.25  #: turns in the window; white noise passes it at 2 checks in 1,000, but not at 15 in a row
    radius: float = 0.9  #: what is left of the radius after all turns of the window; below 1 the path turns inwards

    def __post_init__(self) -> None:
        if not (self.turns > 0 and self.radius > 0):
            raise BadParameter(f"turns = {self.turns}, radius = {self.radius}: must be above 0")

    def start(self) -> None:
        """Nothing is remembered: the window is the probe's."""

    def update(self, seen: Observation) -> Reading | None:
        turns, radius = seen.get("path_turns"), seen.get("path_radius")
        if not (math.isfinite(turns) and math.isfinite(radius)):
            return None
        said = f"{turns:.1f} turns in the last checks, each {radius:.2f} times as wide as the one before"
        left = min(radius, 10.0) ** min(max(turns, 1.0), 100.0)
        return Reading(min(turns / self.turns, left / self.radius), 1.0, said)
