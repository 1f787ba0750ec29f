"""The detector my-plugin: a discriminator that has won.

Arjovsky & Bottou, "Towards principled methods for training generative adversarial networks", ICLR 2017: where the
discriminator is sure, the generator learns next to nothing. Name your own paper here in the same way.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import gancheck as gc


@gc.detector("my-plugin", needs=("real_logit", "fake_logit"))
@dataclass
class MyPlugin(gc.Detector):
    """Raise when the logits of real samples stay far above those of generated ones.

    `gancheck list detectors` shows the line above. The fields with a value are the parameters, those with
    `init=False` what the detector remembers.

    A detector watches the training signals only, never the true modes. `needs` names those that it reads:

    - "discriminator_loss" and "generator_loss"
    - "discriminator_gradient" and "generator_gradient": the norms of the gradients
    - "real_logit" and "fake_logit": the mean logits of a batch, high for real, without bounds
    - "diversity": the median distance between samples over that between real ones; measured at some steps only

    Its alarms are kept with every run, in the rows of kind "alarm" of the results folder's .jsonl files.
    """

    gap: float = 10.0  #: difference of the mean logits from which on the discriminator counts as sure
    patience: int = 100  #: steps in a row for which it must last

    streak: int = field(default=0, init=False, repr=False)

    def start(self) -> None:
        """A run begins: forget the one before."""
        self.streak = 0

    def update(self, step: int, signals: Mapping[str, float]) -> tuple[float, str] | None:
        """Look at the signals of one step, counted from 1; give None, or a score and a sentence to raise the alarm.

        A signal that was not measured at this step is absent, and a value may be NaN or infinite: neither may stop
        the detector. Only a run's first alarm counts.
        """
        gap = signals.get("real_logit", math.nan) - signals.get("fake_logit", math.nan)
        self.streak = self.streak + 1 if gap > self.gap else 0
        if self.streak < self.patience:
            return None
        return gap, f"real logits lie {gap:.3g} above generated ones, over {self.gap:g} for {self.streak} steps"
