"""Larger batches, or smaller ones, than the suite's.

Brock, Donahue & Simonyan, "Large scale GAN training for high fidelity natural image synthesis", ICLR 2019: batches
eight times as large cover more modes each. The number of steps and the learning rates stay, so that a run sees `factor`
times the samples. It costs as many times more as the batch is larger (5 here, as large products are the cheaper ones).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from gancheck.errors import BadParameter
from gancheck.gans.settings import Settings
from gancheck.strategies.base import Strategy, strategy
from gancheck.strategies.search_space import Choice


@strategy(
    "batch-size", family="optimisation", paper="Brock et al., ICLR 2019", search={"factor": Choice(0.5, 2.0, 4.0, 8.0)}
)
@dataclass(frozen=True)
class BatchSize(Strategy):
    """Multiply the batch of both players by a factor."""

    factor: float = 8.0  #: of the batch, as in the paper (2,048 in place of 256); 1 is the untreated GAN

    def __post_init__(self) -> None:
        if not self.factor > 0:
            raise BadParameter(f"factor = {self.factor} must be positive")

    def settings(self, settings: Settings) -> Settings:
        batch = round(self.factor * settings.batch)
        if batch < 2:
            raise BadParameter(f"factor = {self.factor} leaves {batch} of {settings.batch} samples; needs at least 2")
        return replace(settings, batch=batch)
