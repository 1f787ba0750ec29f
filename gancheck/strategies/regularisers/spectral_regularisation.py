"""Spectral regularisation: the discriminator's weights keep many large singular values, which fall when it collapses.

Liu, Tang, Zhou & Qiu, "Spectral regularization for combating mode collapse in GANs", ICCV 2019 (SR-GAN), with static
compensation. As in the authors' code, singular vectors are found anew every fifth step. Their code writes the
compensated matrix over the trained one; here the trained one stays, and what is played is compensated at every call.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from gancheck.errors import BadParameter
from gancheck.gans.game import Game
from gancheck.gans.look import Look
from gancheck.gans.state import Params, State
from gancheck.strategies.base import Strategy, strategy
from gancheck.strategies.search_space import Linear

MEMORY, TINY = "spectral-regularisation", 1e-12


@strategy(
    "spectral-regularisation", family="regulariser", paper="Liu et al., ICCV 2019", search={"share": Linear(0.1, 1.0)}
)
@dataclass(frozen=True)
class SpectralRegularisation(Strategy):
    """Play with (W + sum_{i<=k} (s_1 - s_i) u_i v_i^T) / s_1 in every layer of every critic, k a share of the rank."""

    share: float = 0.5  #: of the singular values that are raised to the largest one; as in the authors' code
    period: int = 5  #: steps between two decompositions; as in the authors' code

    def __post_init__(self) -> None:
        if not 0 <= self.share <= 1 or self.period < 1:
            raise BadParameter(f"share = {self.share} must lie in [0, 1], period = {self.period} be at least 1")

    def memory(self, state: State) -> dict[str, Any]:
        return {MEMORY: {critic: self.decompose(state.weights[critic]) for critic in state.critics}}

    def refresh(self, state: State, look: Look) -> State:
        return state.remember(MEMORY, {c: self.decompose(state.weights[c]) for c in state.memory[MEMORY]})

    def constrain(self, weights: Params, player: str, game: Game) -> Params:
        vectors = game.memory[MEMORY].get(player, {})
        return {**weights, **{name: compensate(weights[name], uv) for name, uv in vectors.items()}}

    def decompose(self, weights: Params) -> Params:
        """The first singular vectors of every matrix, by its name: (rows + columns, k), left above right."""
        return {name: self.vectors(w.detach().flatten(1)) for name, w in weights.items() if w.dim() > 1}

    def vectors(self, matrix: Tensor) -> Tensor:
        """The singular vectors of one matrix whose values are raised, the largest one's always."""
        k = max(1, int(self.share * min(matrix.shape)))
        known = torch.where(matrix.isfinite(), matrix, 0)  # a seed that has diverged must not stop the others
        u, _, vt = torch.linalg.svd(known, full_matrices=False)
        return torch.cat([u[:, :k], vt[:k].mT])


def compensate(weight: Tensor, vectors: Tensor) -> Tensor:
    """The matrix with its first k singular values alike, and all of them divided by the first; vectors are constant."""
    matrix = weight.flatten(1)
    u, v = vectors[: len(matrix)], vectors[len(matrix) :]
    values = (u * (matrix @ v)).sum(0)  # (k,)
    raised = matrix + (u * (values[0] - values)) @ v.mT
    return (raised / values[0].abs().clamp_min(TINY)).reshape(weight.shape)  # a layer may start at 0
