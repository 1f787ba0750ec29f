"""The detector my-plugin: a discriminator that has won.

Arjovsky & Bottou, "Towards principled methods for training generative adversarial networks", ICLR 2017: where the
discriminator is sure, the generator learns next to nothing. Name your own paper here in the same way.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import gancheck as gc


@gc.detector("my-plugin", needs=("real_logit", "fake_logit"), family="adversarial", paper="Arjovsky & Bottou 2017")
@dataclass
class MyPlugin(gc.Detector):
    """The logits of real samples lie far above those of generated ones.

    `gancheck list detectors` shows the line above. The fields with a value are the parameters, those with
    `init=False` what the detector remembers: numbers, texts, lists and dictionaries, so that a monitor's state can be
    kept with a checkpoint.

    `needs` names the signals without which it can say nothing: docs/watching.md lists them, `metric_...` is any number
    that a training logs. A signal is one number (`seen.get("loss")`) or one for every layer
    (`seen.of_layers("layer_gradient")`), and never the true modes. In which preset a detector is follows from what its
    signals cost.

    An alarm begins after `patience` readings in a row on the wrong side of the threshold, and is over after as many on
    the right one.
    """

    severity = "warning"  # or "notice", "fatal"
    patience = 20
    cause = "the discriminator learns faster than the generator"  # completes "Likely: "
    advice = "r1, a lower learning rate of the discriminator, or fewer of its steps"  # completes "Try: "

    gap: float = 10.0  #: difference of the mean logits from which on the discriminator counts as sure
    memory: float = 0.9  #: share of the mean that stays at every step

    mean: float = field(default=math.nan, init=False)

    def __post_init__(self) -> None:
        if not 0 <= self.memory < 1:
            raise gc.BadParameter(f"memory = {self.memory}: must lie between 0 and 1")

    def start(self) -> None:
        """A run begins: forget the one before."""
        self.mean = math.nan

    def update(self, seen: gc.Observation) -> gc.Reading | None:
        """The statistic at this step, suspicious or not; None where the step says nothing new.

        What was not measured is NaN, and what was may be NaN or infinite: neither may stop the detector.
        """
        gap = seen.get("real_logit") - seen.get("fake_logit")
        if not math.isfinite(gap):
            return None
        self.mean = gap if math.isnan(self.mean) else self.memory * self.mean + (1 - self.memory) * gap
        return gc.Reading(self.mean, self.gap, f"real logits lie {self.mean:.3g} above generated ones")
