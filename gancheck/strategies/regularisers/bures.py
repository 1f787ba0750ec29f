"""BuresGAN: the generator matches the covariance of the discriminator's features.

De Meulemeester, Schreurs, Fanuel, De Moor & Suykens, "The Bures metric for generative adversarial networks", ECML 2021.
As in the paper, features are centred and normalised, and the square root is found by Newton and Schulz's iteration, of
the matrix of features or, where there are fewer rows than features, of that of rows, which has the same trace. The
authors' code sums over the batch where the covariance is a mean here: its weight is this one times the rows. It costs 6
times a plain step: the square root of a matrix is 15 products of matrices, differentiated through.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import normalize

from gancheck.errors import BadParameter
from gancheck.gans.game import Game
from gancheck.strategies.base import strategy
from gancheck.strategies.regularisers._features import FeatureStrategy, average_over_critics
from gancheck.strategies.search_space import Log

MOST = 20  #: iterations; more of them blow up rounding where the covariance is singular
TINY = 1e-24  #: keeps the root of a matrix of zeros, and its gradient, finite
ROUNDING = 1e-4  #: length of a deviation below which it is not stretched to 1, as that of samples that are all alike


@strategy("bures", family="regulariser", paper="De Meulemeester et al., ECML 2021", search={"weight": Log(0.01, 100.0)})
@dataclass(frozen=True)
class Bures(FeatureStrategy):
    """Add weight * (tr C + tr C' - 2 tr (C C')^(1/2)), the covariances of real and generated features, to G's loss."""

    weight: float = 1.0  #: lambda in the paper
    iterations: int = 15  #: of the square root, as in the paper

    def __post_init__(self) -> None:
        if self.weight < 0 or not 1 <= self.iterations <= MOST:
            raise BadParameter(f"weight = {self.weight}, iterations = {self.iterations}: needs 0 or more, 1 to {MOST}")

    def generator_loss(self, loss: Tensor, game: Game) -> Tensor:
        return loss + self.weight * average_over_critics(self.distance, game)

    def distance(self, game: Game) -> Tensor:
        """The squared Bures distance between the covariances."""
        real, fake = deviations(game.features(game.real)), deviations(game.features(game.fake))
        across = real @ fake.mT  # (rows, rows): its singular values are the roots of the eigenvalues of C C'
        rows, width = real.shape
        product = across @ across.mT if rows <= width else real.mT @ across @ fake
        own: Tensor = real.square().sum() + fake.square().sum()
        return own - 2 * square_root(product, self.iterations).diagonal().sum()


def deviations(features: Tensor) -> Tensor:
    """(rows, width) whose product with itself is the covariance of centred and normalised features."""
    centred = features - features.mean(0)
    directions: Tensor = normalize(centred, dim=1, eps=ROUNDING)
    return directions / math.sqrt(len(features))


def square_root(matrix: Tensor, iterations: int) -> Tensor:
    """The square root of a matrix (n, n) without negative eigenvalues, as far as so many iterations find it."""
    size = (matrix.square().sum() + TINY).sqrt()
    unit = torch.eye(len(matrix), device=matrix.device, dtype=matrix.dtype)
    root, inverse = matrix / size, unit
    for _ in range(iterations):
        step = (3 * unit - inverse @ root) / 2
        root, inverse = root @ step, step @ inverse
    return root * size.sqrt()
