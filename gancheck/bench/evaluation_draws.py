"""The samples that a run is measured by, and what they cost."""

from __future__ import annotations

import time
from collections import Counter
from functools import cached_property

from torch import Tensor

from gancheck.bench.store import Row
from gancheck.errors import BadPlugin
from gancheck.gans.sampler import Sampler, draw_samples
from gancheck.gans.state import Kept
from gancheck.numerics.seeding import generator
from gancheck.training.setup import TrainingSetup
from gancheck.training.snapshot import sampler_of


class EvaluationDraws:
    """The samples of a run's evaluations, and what the last of them cost. Random numbers are the same at every step
    and for every strategy.
    """

    def __init__(self, setup: TrainingSetup, seed: int, count: int) -> None:
        self.setup, self.seed, self.count = setup, seed, count
        self.seconds = 0.0
        self.evaluations = Counter[str]()  #: rows that each player was called for

    @cached_property
    def sampler(self) -> Sampler:
        """How samples are drawn from what was kept."""
        return sampler_of(self.setup)

    def of(self, kept: Kept) -> Tensor:
        """Samples of one snapshot."""
        setup, source = self.setup, generator(self.setup.device, self.seed, "evaluation")
        before, start = self.sampler.evaluations.copy(), time.perf_counter()
        samples = draw_samples(self.sampler, kept.to(setup.device), self.count, source)
        self.seconds, self.evaluations = time.perf_counter() - start, self.sampler.evaluations - before
        if samples.shape[1:] != setup.dataset.spec.shape:
            got, wanted = tuple(samples.shape[1:]), setup.dataset.spec.shape
            raise BadPlugin(f"the generator made samples of shape {got}; this data needs {wanted}")
        return samples

    def cost(self) -> Row:
        """What the last evaluation's samples cost."""
        return {
            "sampling_seconds": round(self.seconds, 4),
            "sampling_seconds_per_1000": per_thousand(self.seconds, self.count),
            "sampling_evaluations": dict(self.evaluations),
        }


def per_thousand(seconds: float, images: int) -> float | None:
    """Seconds for a thousand images or points; None where none is known."""
    return round(1000 * seconds / images, 6) if images else None
