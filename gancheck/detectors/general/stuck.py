"""A loss that never fell: its level against that of a constant guess, and no trend (Mann 1945)."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from gancheck.detectors.base import Detector, Reading, detector
from gancheck.detectors.observation import Observation
from gancheck.detectors.series import LossRun, falls
from gancheck.errors import BadParameter


@detector("stuck", family="general", needs=("loss",), explains=("plateau", "underfitting"), paper="Mann 1945")
@dataclass
class Stuck(Detector):
    """The loss has not moved since the start: the model learns nothing.

    1 - (start - level) / |start|, the share of the start that is left, above `share`, while Kendall's trend over the
    latter half of the run is not falling. Start is `initial_loss`, the loss of a constant guess, where it is given, and
    the mean of the first ten steps otherwise. A share. It says nothing while the learning rate rises (warm-up), and
    without `initial_loss` cannot tell a model that starts well trained from one that learns nothing, nor judge a loss
    that takes both signs, such as that of a policy's gradient: its size says nothing of what is learnt.
    """

    share: float = 0.95  #: of the starting loss that is still there
    blocks: int = 20  #: of ten steps, before an alarm; thrice as many where `initial_loss` is not given

    acts_on = ("loss_block", "learning_rate", "initial_loss")
    patience = 3
    cause = (
        "weights that all start alike or at zero, a learning rate far off, labels that do not fit the inputs, "
        "or a graph that is cut before the loss"
    )
    advice = "one small batch that the model should learn by heart; then the usual initialisation and learning rate"

    run: LossRun = field(default_factory=LossRun, init=False)
    given: float = field(default=math.nan, init=False)
    lowest: float = field(default=math.inf, init=False)  #: of all blocks of the loss
    highest: float = field(default=-math.inf, init=False)

    def __post_init__(self) -> None:
        if not 0 < self.share <= 1 or self.blocks < 8:
            raise BadParameter(f"share = {self.share}, blocks = {self.blocks}: a share is in (0, 1], blocks at least 8")

    def start(self) -> None:
        self.run, self.given = LossRun(), math.nan
        self.lowest, self.highest = math.inf, -math.inf

    def update(self, seen: Observation) -> Reading | None:
        given = seen.get("initial_loss")
        self.given = given if math.isfinite(given) else self.given
        if math.isfinite(block := seen.get("loss_block")):
            self.lowest, self.highest = min(self.lowest, block), max(self.highest, block)
        if not self.run.add(seen) or self.run.steps < 10 * self.blocks or self.run.rate_rises:
            return None
        return self.reading()

    def reading(self) -> Reading:
        """How much of the start is left; never suspicious while the loss falls."""
        loss = self.run.loss
        start = loss.first if math.isnan(self.given) else self.given
        left = 1 - (start - loss.level) / max(abs(start), 1e-12)
        of = "of the first steps" if math.isnan(self.given) else "of a constant guess"
        seen = (
            f"loss is {loss.level:.4g} after {self.run.steps:,} steps, that {of} is {start:.4g}, and it does not fall"
        )
        is_early = self.run.steps < 30 * self.blocks  # a slow start is no standstill
        is_unclear = math.isnan(self.given) and (is_early or self.lowest < 0 < self.highest)
        calm = is_unclear or (left > self.share and falls(loss.latter_half))
        return Reading(min(left, self.share) if calm else left, self.share, seen)
