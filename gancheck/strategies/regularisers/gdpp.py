"""GDPP: the generated samples of a batch are to be as diverse, and in the same directions, as the real ones.

Elfeki, Couprie, Riviere & Elhoseiny, "GDPP: learning diverse generations using determinantal point process", ICML 2019.
Both kernels are Gram matrices of the discriminator's normalised features. The sign of an eigenvector is any, so that
here the size of the product of two counts, where the authors' code takes it with its sign. The gradient of an
eigenvector divides by gaps between eigenvalues, many of which are 0 where there are more samples than features; here
gaps that are small beside `GAP` are damped, and second derivatives are left out. The paper halves the whole loss. In
the sentence of the class, (l, v) are of real samples, (l', v') of generated ones, and m scales to [0, 1]. It costs 3
times a plain step: two eigendecompositions of the batch's kernels.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import normalize

from gancheck.errors import BadParameter
from gancheck.gans.game import Game
from gancheck.strategies.base import strategy
from gancheck.strategies.regularisers._features import FeatureStrategy, average_over_critics
from gancheck.strategies.search_space import Log

TINY, ROUNDING = 1e-12, 1e-4  #: floors of a square, and of a row's length
GAP = 1e-2  #: gap between eigenvalues below which its inverse is damped, as a share of their sum; a choice of ours


@strategy("gdpp", family="regulariser", paper="Elfeki et al., ICML 2019", search={"weight": Log(0.01, 100.0)})
@dataclass(frozen=True)
class Gdpp(FeatureStrategy):
    """Add weight * (1e-4 * E (l - l')^2 - sum m(l) |v . v'|) to G's loss, (l, v) eigenpairs of feature kernels."""

    weight: float = 1.0  #: of both terms, as in the authors' code
    magnitude: float = 1e-4  #: of the eigenvalues' term beside the eigenvectors', as in the authors' code

    def __post_init__(self) -> None:
        if self.weight < 0 or self.magnitude < 0:
            raise BadParameter(f"weight = {self.weight}, magnitude = {self.magnitude}: neither may be negative")

    def generator_loss(self, loss: Tensor, game: Game) -> Tensor:
        return loss + self.weight * average_over_critics(self.difference, game)

    def difference(self, game: Game) -> Tensor:
        """How far the kernel of generated samples is from that of real ones."""
        real, real_vectors = decompose(kernel(game.features(game.real)))
        fake, fake_vectors = decompose(kernel(game.features(game.fake)))
        importance = (real - real.amin()) / (real.amax() - real.amin()).clamp(min=1e-12)
        alignment = (real_vectors * fake_vectors).sum(0).abs()
        return self.magnitude * (real - fake).square().mean() - (importance * alignment).sum()


def kernel(features: Tensor) -> Tensor:
    """(rows, rows) cosines between the features of rows."""
    directions = normalize(features, dim=1, eps=ROUNDING)
    return directions @ directions.mT


def decompose(symmetric: Tensor) -> tuple[Tensor, Tensor]:
    """Eigenvalues (n,) from the smallest on and eigenvectors (n, n) in columns, with a gradient that stays finite.

    They are the constants that they are, plus what a small change of the matrix adds to them, which is nothing but has
    a gradient. What is not finite stays so, but the decomposition, which would raise, sees zeros.
    """
    held = symmetric.detach()
    values, vectors = torch.linalg.eigh(torch.where(held.isfinite(), held, torch.zeros_like(held)))
    change = vectors.mT @ (symmetric - held) @ vectors
    gaps = values - values.unsqueeze(1)
    inverse = gaps / (gaps.square() + (GAP * values.sum()).square().clamp_min(TINY))  # all values may be 0
    return values + change.diagonal(), vectors + vectors @ (inverse * change)
