"""A game that turns and does not attract, by the eigenvalues of its Jacobian. Mescheder, Nowozin, Geiger, "The numerics
of GANs", NeurIPS 2017."""

from __future__ import annotations

import math
from dataclasses import dataclass

from gancheck.detectors.base import Detector, Reading, detector
from gancheck.detectors.observation import Observation
from gancheck.errors import BadParameter


@detector("game-eigenvalues", family="adversarial", needs=("game_rotation", "game_growth"), paper="Mescheder 2017")
@dataclass
class GameEigenvalues(Detector):
    """Where the players stand, their game turns them around each other and does not pull them to an equilibrium.

    Rule: of the least attracting eigenvalue of the game's Jacobian, |imaginary / real part| > `rotation` and the real
    part over the largest eigenvalue's size < `pull`, in five measurements in a row; both without unit. Steps along such
    a field lead outwards at any rate above 2 * pull / |eigenvalue|. It looks at one point: players on a limit cycle may
    be attracted at every point of it, which the path shows (rotation). A game far from any equilibrium may repel and
    train well.
    """

    acts_on = ("game_rotation",)
    severity = "notice"
    patience = 5
    cause = "a game without a damping term: an unregularised discriminator, or one that is too strong"
    advice = "an R1 or R2 penalty, lower rates, or consensus optimisation or extragradient"

    rotation: float = 1.0  #: |imaginary / real part| above which the game turns more than it moves in or out
    pull: float = 0.001  #: real part over the largest eigenvalue's size that is rounding and counts as none

    def __post_init__(self) -> None:
        if not (self.rotation > 0 and 0 <= self.pull < 1):
            raise BadParameter(f"rotation = {self.rotation}, pull = {self.pull}: above 0, and from 0 up to 1")

    def start(self) -> None:
        """Nothing is remembered."""

    def update(self, seen: Observation) -> Reading | None:
        rotation, growth = seen.get("game_rotation"), seen.get("game_growth")
        if not (math.isfinite(rotation) and math.isfinite(growth)):
            return None
        said = f"imaginary part {rotation:.3g} times the real one, which pulls by {-growth:.2g} of the largest"
        return Reading(min(growth + self.pull, rotation / self.rotation - 1), 0.0, said)
