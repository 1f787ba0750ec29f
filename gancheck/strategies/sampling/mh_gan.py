"""MH-GAN: let the trained discriminator choose among the generator's samples by Metropolis-Hastings.

Turner, Hung, Frank, Saatchi & Yosinski, "Metropolis-Hastings generative adversarial networks", ICML 2019. Where the
discriminator is calibrated and has learned all there is, a long chain ends in a sample of the data. Calibration is by
logistic regression on its logits; of it only the slope matters here.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from gancheck.errors import BadParameter
from gancheck.gans.game import Sample
from gancheck.gans.sampler import Sampler
from gancheck.gans.state import Kept
from gancheck.strategies.base import strategy
from gancheck.strategies.sampling._calibration import CalibratedSampler, CalibratingStrategy, Calibration, Proposals
from gancheck.strategies.sampling._columns import each
from gancheck.strategies.search_space import Choice


@strategy(
    "mh-gan",
    family="sampling",
    paper="Turner et al., ICML 2019",
    kind="sampling",
    search={"length": Choice(50, 100, 200)},
)
@dataclass(frozen=True)
class MhGan(CalibratingStrategy):
    """Each sample ends a chain that starts at a real one and moves to a proposal with min(1, odds(new) / odds(old))."""

    length: int = 100  #: proposals that a chain is offered, K in the paper

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.length < 1:
            raise BadParameter(f"length = {self.length}: a chain needs at least 1 proposal")

    def sampler(self, inner: Sampler) -> Sampler:
        return ChainSampler(inner, "mh-gan", self.length)


class ChainSampler(CalibratedSampler):
    """The ends of chains, one for every sample, so that none is drawn twice."""

    def __init__(self, inner: Sampler, name: str, length: int) -> None:
        super().__init__(inner, name)
        self.length = length

    def draw(self, kept: Kept, count: int, source: torch.Generator) -> Sample:
        found = self.calibration(kept, source.device)
        packs = -(-count // found.size)
        chosen = torch.randint(len(found.real), (packs,), generator=source, device=source.device)
        nowhere = self.propose(kept, packs, found.size, source)._replace(logits=found.real[chosen])
        ends, moved = self.walk(kept, nowhere, found, source)
        if not moved.all():  # as in the paper, a chain that never left its real sample starts again at a generated one
            again, _ = self.walk(kept, self.propose(kept, packs, found.size, source), found, source)
            ends = ends.with_packs(~moved, again)
        return each(lambda column: column[:count], ends.sample)

    def walk(self, kept: Kept, at: Proposals, found: Calibration, source: torch.Generator) -> tuple[Proposals, Tensor]:
        """Where chains end, and which of them have moved (packs,)."""
        moved = torch.zeros_like(at.logits, dtype=torch.bool)
        for _ in range(self.length):
            new = self.propose(kept, len(at.logits), found.size, source)
            threshold = torch.rand(len(at.logits), generator=source, device=source.device).log()
            accept = threshold < found.slope * (new.logits - at.logits)
            at, moved = at.with_packs(accept, new), moved | accept
        return at, moved
