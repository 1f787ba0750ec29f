"""Truncation: draw latents near the middle of the prior only. Samples become better and more alike.

Brock, Donahue & Simonyan, "Large scale GAN training for high fidelity natural image synthesis", ICLR 2019. As in the
paper, a number of a latent that is too large is drawn again; here the numbers that were drawn are mapped to those of
the same rank, which gives the same distribution. It trades diversity away by design, so it is a negative control.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from gancheck.datasets.base import DataSpec
from gancheck.errors import BadParameter
from gancheck.gans.base import Gan
from gancheck.gans.sampler import Sampler
from gancheck.gans.state import Kept
from gancheck.strategies.base import Strategy, strategy
from gancheck.strategies.search_space import Log


@strategy(
    "truncation",
    family="sampling",
    paper="Brock et al., ICLR 2019",
    kind="sampling",
    search={"threshold": Log(0.1, 3.0)},
)
@dataclass(frozen=True)
class Truncation(Strategy):
    """Draw every number of z from N(0, 1) given that |z| < threshold; training stays as it is."""

    threshold: float = 0.5  #: largest size of a number in z; one of those that the paper shows

    def __post_init__(self) -> None:
        if not self.threshold > 0:
            raise BadParameter(f"threshold = {self.threshold} must be positive")

    def supports(self, gan: Gan, data: DataSpec) -> str | None:
        prior = gan.build(data).latent.prior
        return None if prior == "normal" else f"it truncates normal latents, and these are {prior}"

    def sampler(self, inner: Sampler) -> Sampler:
        if priors := inner.players.priors:
            raise BadParameter(f"truncation would cut the noise before '{priors[0]}', and hardly its latents")
        return TruncatedSampler(inner, self.threshold)


class TruncatedSampler(Sampler):
    """Latents of a truncated normal prior."""

    def __init__(self, inner: Sampler, threshold: float) -> None:
        super().__init__(inner)
        self.threshold = threshold

    def latents(self, kept: Kept, count: int, source: torch.Generator) -> tuple[Tensor, Tensor | None]:
        z, code = self.inner.latents(kept, count, source)
        return truncate(z, self.threshold), code


def truncate(z: Tensor, threshold: float) -> Tensor:
    """Standard normal numbers as those of the same rank among standard normal ones below a size."""
    middle = torch.special.ndtr(torch.tensor(threshold, dtype=torch.float64)) - 0.5
    rank = torch.special.ndtr(z.double()) - 0.5  # in (-1/2, 1/2)
    inside: Tensor = torch.special.ndtri(0.5 + 2 * middle * rank).clamp(-threshold, threshold)
    return inside.to(z.dtype)
