"""What is measured of generated samples that a loop logs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from gancheck.errors import BadData
from gancheck.monitor.probes.base import Measured, Number
from gancheck.monitor.probes.copy_test import CopyTest
from gancheck.monitor.probes.mode_bins import ModeBins
from gancheck.monitor.probes.real_side import LEAST, NEAR, K, RealSide, median_distance, share_repeated
from gancheck.monitor.probes.sample_features import FeatureReader, Features
from gancheck.numerics.features import FeatureSet

SAMPLES, REFERENCE, TRAINING = 512, 2_000, 10_000  #: rows that are looked at, at most


class SampleReader:
    """Samples against real data (`reference`, and `training` for copies); without it, how often they repeat themselves.

    All is computed on the CPU, of a random part. Samples that are not finite make every signal NaN. Below 64 samples
    only variety and repeats are measured, for bins and neighbours would say little. Give new latents at every check:
    where they are always the same, checks know less together than they seem to.
    """

    keywords: tuple[str, ...] = ("samples",)
    signals: tuple[str, ...] = (
        *("diversity", "repeats", "copies", "frechet", "near_distance", "coverage", "fresh_accuracy"),
        *("mode_gap", "mode_shares", "modes_held", "mode_drift"),
    )

    def __init__(self, reference: Any = None, training: Any = None, features: Features | None = None) -> None:
        self.features = FeatureReader(features)
        self.real: RealSide | None = None
        self.copies: CopyTest | None = None
        if reference is not None:
            self.real = RealSide(self.finite(reference, "reference", REFERENCE))
            self.bins = ModeBins(self.real.fitted, self.real.drawn)
        if training is not None and self.real is not None:
            self.copies = CopyTest(self.finite(training, "training", TRAINING), self.real.drawn)

    @property
    def requirements(self) -> Mapping[str, str]:
        """Rows that each signal takes; what needs a reference or training data is left out where there are none."""
        found = {"repeats": ask_samples(K + 1)}
        if self.real is not None:
            many = ("frechet", "coverage", "fresh_accuracy", "mode_gap", "mode_shares", "modes_held")
            found |= {"diversity": ask_samples(2), **dict.fromkeys(many, ask_samples(LEAST))}
            found |= {"mode_drift": f"{ask_samples(LEAST)}, at two steps"}
            found |= {"near_distance": f"{ask_samples(NEAR)}, and a reference of {2 * NEAR}"}
        return found | ({"copies": ask_samples(LEAST)} if self.copies else {})

    def finite(self, value: Any, name: str, most: int) -> Tensor:
        """Features of real data; BadData where a number is none."""
        x = self.features.read(value, name, most)
        if not bool(torch.isfinite(x).all()):
            raise BadData(f"{name}: holds NaN or infinite values; drop these samples")
        return x

    def read(self, values: Mapping[str, Any]) -> Measured:
        """All signals of one set of samples; nothing of less than two."""
        x = self.features.read(values["samples"], "samples", SAMPLES)
        if len(x) < 2:
            return Measured()
        with torch.no_grad():
            if not bool(torch.isfinite(x).all()):
                return Measured(dict.fromkeys(self.names, math.nan))
            numbers: dict[str, Number] = {**self.alone(x), **self.against_real(x)}
        return Measured(numbers)

    @property
    def names(self) -> tuple[str, ...]:
        """What samples that are not finite leave without a value."""
        return ("repeats",) if self.real is None else ("diversity", "frechet", "mode_gap", "repeats")

    def alone(self, x: Tensor) -> dict[str, float]:
        """How often samples repeat themselves, beyond what real ones do."""
        if len(x) <= K:
            return {}
        samples, real = FeatureSet(x), self.real
        repeated = share_repeated(samples, real.distance if real else median_distance(x))
        return {"repeats": repeated - (real.repeats(min(len(x), len(real.drawn))) if real else 0.0)}

    def against_real(self, x: Tensor) -> dict[str, float]:
        """Everything that needs a reference."""
        if self.real is None:
            return {}
        made = {"diversity": median_distance(x) / self.real.distance} if self.real.distance > 0 else {}
        if len(x) < LEAST:
            return made
        samples = FeatureSet(x)
        made |= self.bins.measure(x) | self.real.measure(samples)
        return {**made, "copies": self.copies.measure(samples)} if self.copies else made


def ask_samples(rows: int) -> str:
    """What is to be logged for a signal that takes so many rows."""
    return f"monitor.log(samples=...) of {rows} rows or more"
