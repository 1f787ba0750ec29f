"""Instance selection: train on the densest part of the data only.

DeVries, Drozdzal & Taylor, "Instance selection for GANs", NeurIPS 2020. As in the paper, one Gaussian is fitted to the
training data, and its likelihood decides. The paper fits it to the features of a network trained on other images; here
it is fitted to the data's leading principal components, which are the points themselves where there are few dimensions,
so that nothing from outside enters.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from gancheck.datasets.base import Batch
from gancheck.errors import BadParameter
from gancheck.gans.game import Game
from gancheck.gans.look import Look
from gancheck.gans.settings import Settings
from gancheck.strategies.base import Strategy, strategy
from gancheck.strategies.data._picking import rows_in_use, take_rows
from gancheck.strategies.search_space import Linear

ROWS = 10_000  #: training samples that the Gaussian is fitted to
ROUNDS = 8  #: of the search for principal components


@strategy("instance-selection", family="data", paper="DeVries et al., NeurIPS 2020", search={"keep": Linear(0.2, 1.0)})
@dataclass(frozen=True)
class InstanceSelection(Strategy):
    """Train on the share of the data that is most likely under a Gaussian fitted to it; rare modes are given up."""

    keep: float = 0.5  #: share of the training data that is used
    components: int = 64  #: principal components that the Gaussian is fitted to, at most

    def __post_init__(self) -> None:
        if not 0 < self.keep <= 1 or self.components < 1:
            raise BadParameter(f"keep = {self.keep} must lie in (0, 1], components = {self.components} be at least 1")

    def study(self, look: Look) -> dict[str, Any]:
        x = look.data(ROWS).x.flatten(1).double()
        mean = x.mean(0)
        scaled = principal_directions(x - mean, self.components, look.source)
        threshold = distances(x, mean, scaled).kthvalue(math.ceil(self.keep * len(x))).values
        found = {"mean": mean, "directions": scaled, "threshold": threshold}
        return {f"instance-selection/{name}": tensor.float() for name, tensor in found.items()}

    def settings(self, settings: Settings) -> Settings:
        return replace(settings, draw=settings.draw * math.ceil(1.5 / self.keep))

    def pick(self, batch: Batch, n: int, game: Game) -> Batch:
        mean, scaled, threshold = (game.memory[f"instance-selection/{k}"] for k in ("mean", "directions", "threshold"))
        far = distances(batch.x.flatten(1), mean, scaled) > threshold
        return take_rows(batch, rows_in_use(~far))


def distances(x: Tensor, mean: Tensor, scaled: Tensor) -> Tensor:
    """(n,) squared Mahalanobis distances of rows (n, d): less is more likely."""
    return ((x - mean) @ scaled).square().sum(1)


def principal_directions(x: Tensor, count: int, source: torch.Generator) -> Tensor:
    """(d, k) the leading principal directions of centred rows (n, d), each over its standard deviation.

    By subspace iteration, which is exact where there are as many directions as dimensions.
    """
    d = x.shape[1]
    basis = torch.randn(d, min(d, count + 8), generator=source, device=source.device, dtype=x.dtype)
    for _ in range(ROUNDS):
        basis = torch.linalg.qr(x.mT @ (x @ basis))[0]
    variances, turn = torch.linalg.eigh((x @ basis).mT @ (x @ basis) / (len(x) - 1))
    variances, turn = variances.flip(0)[:count], turn.flip(1)[:, :count]
    size = torch.where(variances > 1e-9 * variances[0], variances, torch.inf)  # constant directions say nothing
    directions: Tensor = basis @ turn * size.rsqrt()
    return directions
