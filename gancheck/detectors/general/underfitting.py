"""Training and validation that agree, and are both bad: the model is too small, or learns too little."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from gancheck.detectors.base import Detector, Reading, detector
from gancheck.detectors.observation import Observation
from gancheck.detectors.series import LossRun, WholeRun, falls
from gancheck.errors import BadParameter
from gancheck.statistics.sequential import BlockMeans


@detector("underfitting", family="general", needs=("loss", "val_loss"))
@dataclass
class Underfitting(Detector):
    """The model explains little of its data, in training as in validation, and has stopped improving.

    1 - (start - level) / |start|, the share of the starting loss that is left, above `share`, where level is the lower
    of training and validation, neither falls in the latter half of the run (Kendall's trend), and validation is at most
    `gap` above training. Start is `initial_loss`, or else the mean of the first ten steps. A share. It cannot know how
    much of the loss is noise that no model could explain.
    """

    share: float = 0.7  #: of the starting loss that is left
    gap: float = 0.1  #: between validation and training, relative to the larger
    evaluations: int = 10  #: before it is judged at all
    blocks: int = 30  #: of ten steps, before it is judged at all

    acts_on = ("loss_block", "learning_rate", "val_loss", "initial_loss")
    severity = "notice"
    patience = 3
    cause = "a model that is too small, too much regularisation, inputs that say little, or a poor learning rate"
    advice = "a larger model, less weight decay or dropout, other features, or another learning rate"

    run: LossRun = field(default_factory=LossRun, init=False)
    validation: WholeRun = field(init=False)
    given: float = field(default=math.nan, init=False)

    def __post_init__(self) -> None:
        if not 0 < self.share <= 1 or self.gap < 0 or self.evaluations < 8 or self.blocks < 8:
            raise BadParameter("share is in (0, 1], gap is at least 0, evaluations and blocks are at least 8")
        self.start()

    def start(self) -> None:
        self.run, self.given = LossRun(), math.nan
        self.validation = WholeRun(blocks=BlockMeans(1))

    def update(self, seen: Observation) -> Reading | None:
        given = seen.get("initial_loss")
        self.given = given if math.isfinite(given) else self.given
        self.run.add(seen)
        if not self.validation.add(seen.get("val_loss")) or not self.is_ready:
            return None
        return self.reading()

    @property
    def is_ready(self) -> bool:
        """Whether there is enough to judge by."""
        enough = len(self.validation.means) >= self.evaluations and self.run.steps >= 10 * self.blocks
        return enough and not self.run.rate_rises

    def reading(self) -> Reading:
        """The share that is left; at most `share` where a loss falls, or validation is far above training."""
        training, validation = self.run.loss.level, self.validation.level
        start = self.run.loss.first if math.isnan(self.given) else self.given
        left = 1 - (start - min(training, validation)) / max(abs(start), 1e-12)
        is_near = validation - training <= self.gap * max(abs(validation), abs(training))
        is_flat = not falls(self.run.loss.latter_half) and not falls(self.validation.latter_half)
        seen = f"loss is {training:.4g} and val_loss {validation:.4g}, {left:.0%} of the start's {start:.4g}, and flat"
        return Reading(left if is_near and is_flat else min(left, self.share), self.share, seen)
