"""Losses or gradients that are not numbers any more."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from gancheck.detectors.base import Detector, detector


@detector("nonfinite", needs=("discriminator_loss", "generator_loss"))
@dataclass
class NonFinite(Detector):
    """Raise at the first signal that is NaN or infinite, and name it."""

    def start(self) -> None:
        """Nothing to remember."""

    def update(self, step: int, signals: Mapping[str, float]) -> tuple[float, str] | None:
        bad = [name for name, value in signals.items() if not math.isfinite(value)]
        return (1.0, f"{', '.join(bad)} not finite") if bad else None
