"""The discriminator knows its real samples by heart. Karras et al., "Training generative adversarial networks with
limited data", NeurIPS 2020: their r_v."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass, field

from gancheck.detectors.base import Detector, Reading, detector
from gancheck.detectors.observation import Observation
from gancheck.errors import BadParameter
from gancheck.statistics.sequential import BlockMeans, Window


@detector(
    "discriminator-overfitting",
    family="adversarial",
    needs=("real_logit", "fake_logit", "held_out_logit"),
    explains=("memorisation", "discriminator-wins"),
    paper="Karras 2020",
)
@dataclass
class DiscriminatorOverfitting(Detector):
    """To the discriminator, real samples that it was not trained on look generated: it has learned the others by heart.

    Statistic: r_v = (real - held out) / (real - generated) of the mean logits over the last `blocks` blocks of
    `size` steps at which all three were logged; 0 is none, 1 is all. It is a ratio of differences, so neither offset
    nor scale matters, and critics may be judged too. Judged only where the denominator, and its own numerator, are
    clear of their noise by `sure` standard errors: near equilibrium both differences are noise. It cannot see that held
    out data differs from the training data for another reason.
    """

    acts_on = ("held_out_logit",)
    patience = 3
    cause = "too little data for this discriminator, or held-out data of another kind"
    advice = "augmented samples (ADA, DiffAugment), a smaller discriminator, more data, or an earlier stop"

    share: float = 0.5  #: r_v beyond which held-out samples are nearer to generated ones
    size: int = 5  #: steps in a block
    blocks: int = 12  #: in the window
    sure: float = 6.0  #: standard errors

    gaps: BlockMeans = field(default_factory=BlockMeans, init=False, repr=False)
    leaks: BlockMeans = field(default_factory=BlockMeans, init=False, repr=False)
    whole: Window = field(default_factory=lambda: Window(12), init=False, repr=False)
    lost: Window = field(default_factory=lambda: Window(12), init=False, repr=False)

    def __post_init__(self) -> None:
        if not 0 < self.share < 1 or self.size < 1 or self.blocks < 2:
            raise BadParameter("share must be between 0 and 1, size at least 1, and blocks at least 2")

    def start(self) -> None:
        self.gaps, self.leaks = BlockMeans(self.size), BlockMeans(self.size)
        self.whole, self.lost = Window(self.blocks), Window(self.blocks)

    def update(self, seen: Observation) -> Reading | None:
        real, fake, held_out = (seen.get(f"{name}_logit") for name in ("real", "fake", "held_out"))
        gap, leak = real - fake, real - held_out
        if not (math.isfinite(gap) and math.isfinite(leak)):
            return None
        means = self.gaps.add(gap), self.leaks.add(leak)
        if means[0] is None or means[1] is None:
            return None
        self.whole.add(means[0])
        self.lost.add(means[1])
        return self.judge() if self.whole.is_full else None

    def judge(self) -> Reading | None:
        """The reading at the end of a block; none where the logits hardly differ."""
        gap, leak = statistics.fmean(self.whole.values), statistics.fmean(self.lost.values)
        if gap <= self.sure * self.error(self.whole):
            return None
        certain = min(max(leak, 0.0) / max(self.sure * self.error(self.lost), 1e-12), 1.0)
        told = f"held-out real samples lie {leak / gap:.0%} of the way from the training's to generated ones (r_v)"
        return Reading(leak / gap * certain, self.share, told)

    def error(self, window: Window) -> float:
        """Standard error of a window's mean."""
        return statistics.stdev(window.values) / math.sqrt(len(window.values))
