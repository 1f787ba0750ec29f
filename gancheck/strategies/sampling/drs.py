"""Discriminator rejection sampling: keep a generated sample as often as the trained discriminator finds it real.

Azadi, Olsson, Darrell, Goodfellow & Odena, "Discriminator rejection sampling", ICLR 2019. As in the paper, the largest
odds are those met so far, at first among many samples that are thrown away, and gamma is a percentile of F, here among
those. The paper trains the discriminator on until it is optimal; here its logits are calibrated by logistic regression.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from gancheck.errors import BadParameter
from gancheck.gans.game import Sample
from gancheck.gans.sampler import CHUNK, Sampler
from gancheck.gans.state import Kept
from gancheck.strategies.base import strategy
from gancheck.strategies.sampling._calibration import CalibratedSampler, CalibratingStrategy, Calibration
from gancheck.strategies.sampling._columns import each
from gancheck.strategies.search_space import Linear

EPSILON = 1e-6  #: keeps the logarithm finite at the largest odds


@strategy(
    "drs",
    family="sampling",
    paper="Azadi et al., ICLR 2019",
    kind="sampling",
    search={"percentile": Linear(50.0, 95.0)},
)
@dataclass(frozen=True)
class Drs(CalibratingStrategy):
    """Keep a sample with probability sigmoid(F - gamma), F = d - max d - log(1 - exp(d - max d)), d its log odds."""

    percentile: float = 80.0  #: of F among generated samples, which is gamma: the higher, the more are kept out
    burn_in: int = 10_000  #: samples thrown away, once a snapshot, to learn the largest odds and gamma

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 <= self.percentile <= 100 or self.burn_in < 2:
            raise BadParameter(
                f"percentile = {self.percentile} must lie in [0, 100], burn_in = {self.burn_in} be at least 2"
            )

    def sampler(self, inner: Sampler) -> Sampler:
        return RejectionSampler(inner, "drs", self.percentile, self.burn_in)


class RejectionSampler(CalibratedSampler):
    """The proposals that are kept, in the order in which they come."""

    def __init__(self, inner: Sampler, name: str, percentile: float, burn_in: int) -> None:
        super().__init__(inner, name)
        self.percentile, self.burn_in = percentile, burn_in

    def calibrate(self, kept: Kept, source: torch.Generator) -> Calibration:
        """The calibration, with the logits of the samples that are thrown away."""
        found = super().calibrate(kept, source)
        packs = -(-self.burn_in // found.size)
        parts = [min(CHUNK, packs - start) for start in range(0, packs, CHUNK)]
        early = torch.cat([self.propose(kept, n, found.size, source).logits for n in parts])
        return found._replace(generated=early)

    def draw(self, kept: Kept, count: int, source: torch.Generator) -> Sample:
        found = self.calibration(kept, source.device)
        early = found.slope * found.generated
        highest = early.max()
        accepted = list[Sample]()
        while sum(len(sample.x) for sample in accepted) < count:
            new = self.propose(kept, -(-count // found.size), found.size, source)
            odds = found.slope * new.logits
            highest = torch.maximum(highest, odds.max())
            gamma = torch.quantile(surplus(early, highest), self.percentile / 100)
            threshold = torch.rand(len(odds), generator=source, device=source.device)
            keep = ~(threshold > torch.sigmoid(surplus(odds, highest) - gamma))  # also where odds are not finite
            rows = keep.repeat_interleave(found.size)
            accepted.append(each(lambda column, rows=rows: column[rows], new.sample))
        return each(lambda *columns: torch.cat(columns)[:count], *accepted)


def surplus(odds: Tensor, highest: Tensor) -> Tensor:
    """F of the paper, from log odds (n,) and the largest of all; infinite odds lead to nothing but NaN."""
    gap = (odds - highest).clamp_max(0)
    return gap - torch.log1p(-torch.exp(gap - EPSILON))
