"""The discriminator tells everything apart, and the generator learns nothing more. The sign is r_t of Karras et al.,
"Training generative adversarial networks with limited data", NeurIPS 2020 (ADA)."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass, field

from gancheck.detectors.base import Detector, Reading, detector
from gancheck.detectors.observation import Observation
from gancheck.errors import BadParameter
from gancheck.statistics.sequential import BlockMeans, Window


@detector(
    "discriminator-wins",
    family="adversarial",
    needs=("discriminator_accuracy", "real_sign"),
    explains=("diversity-drop", "partial-collapse"),
    paper="Karras 2020",
)
@dataclass
class DiscriminatorWins(Detector):
    """The discriminator is hardly ever wrong any more, so the generator gets no useful direction from it.

    Statistic: min((A - accuracy) / (1 - accuracy), (R - sign) / (1 - sign)), A and R medians of the last `blocks` means
    of ten logged values of `discriminator_accuracy` and `real_sign`; above 0 is suspicious, 1 is the most. Accuracy has
    no scale; the sign asks that real samples lie above zero, where the logarithmic and the hinge loss put them. A loss
    of the discriminator that goes below zero is a critic's (WGAN), which may win without harm: nothing is said then.
    Nor is anything said of the first 400 values, when a generator that has learned nothing yet loses to everybody. It
    cannot see a WGAN whose generator has stopped.
    """

    acts_on = ("discriminator_loss", "discriminator_accuracy")
    patience = 5
    cause = "a discriminator that is too strong for the generator, or has learned the training data by heart"
    advice = "fewer or smaller steps of the discriminator, R1, augmented samples, or a loss that does not saturate"

    accuracy: float = 0.95  #: share of samples on the right side
    sign: float = 0.8  #: mean sign of real logits
    blocks: int = 40  #: means of ten values, over which medians are taken
    critic: float = 0.05  #: share of losses below zero from which on the discriminator is a critic

    sides: BlockMeans = field(default_factory=BlockMeans, init=False, repr=False)
    signs: BlockMeans = field(default_factory=BlockMeans, init=False, repr=False)
    right: Window = field(default_factory=lambda: Window(40), init=False, repr=False)
    real: Window = field(default_factory=lambda: Window(40), init=False, repr=False)
    losses: int = field(default=0, init=False, repr=False)
    negative: int = field(default=0, init=False, repr=False)

    def __post_init__(self) -> None:
        if not (0 < self.accuracy < 1 and 0 < self.sign < 1 and self.blocks >= 1):
            raise BadParameter("accuracy and sign must be between 0 and 1, and blocks at least 1")

    def start(self) -> None:
        self.sides, self.signs = BlockMeans(), BlockMeans()
        self.right, self.real = Window(self.blocks), Window(self.blocks)
        self.losses = self.negative = 0

    def update(self, seen: Observation) -> Reading | None:
        loss = seen.get("discriminator_loss")
        self.losses, self.negative = self.losses + math.isfinite(loss), self.negative + (loss < 0)
        accuracy, sign = seen.get("discriminator_accuracy"), seen.get("real_sign")
        if not (math.isfinite(accuracy) and math.isfinite(sign)):
            return None
        means = self.sides.add(accuracy), self.signs.add(sign)
        if means[0] is None or means[1] is None:
            return None
        self.right.add(means[0])
        self.real.add(means[1])
        return self.judge() if self.right.is_full and not self.is_critic else None

    def judge(self) -> Reading:
        """The reading at the end of a block."""
        right, real = statistics.median(self.right.values), statistics.median(self.real.values)
        share = min((right - self.accuracy) / (1 - self.accuracy), (real - self.sign) / (1 - self.sign))
        return Reading(
            share, 0.0, f"the discriminator has {right:.1%} right, the mean sign of real samples is {real:.2f}"
        )

    @property
    def is_critic(self) -> bool:
        """Whether the discriminator's loss is one that goes below zero."""
        return self.negative > self.critic * self.losses
