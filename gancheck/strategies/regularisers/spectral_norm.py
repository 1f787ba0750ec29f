"""Spectral normalisation: every weight matrix of the discriminator is divided by its largest singular value.

Miyato et al., "Spectral normalization for generative adversarial networks", ICLR 2018.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import normalize

from gancheck.gans.game import Game
from gancheck.gans.state import Params, State
from gancheck.strategies.base import Strategy, strategy

MEMORY = "spectral-norm"


@strategy("spectral-norm", family="regulariser", paper="Miyato et al., ICLR 2018")
@dataclass(frozen=True)
class SpectralNorm(Strategy):
    """Play with W / sigma(W) in every layer of every critic; sigma by one power iteration per step."""

    def memory(self, state: State) -> dict[str, Any]:
        return {MEMORY: {critic: start_vectors(state.weights[critic]) for critic in state.critics}}

    def constrain(self, weights: Params, player: str, game: Game) -> Params:
        vectors = game.memory[MEMORY].get(player, {})
        return {**weights, **{n: divide_by_norm(weights[n], u) for n, u in vectors.items()}}

    def after_step(self, state: State) -> State:
        after = {critic: turn_all(state.weights[critic], us) for critic, us in state.memory[MEMORY].items()}
        return state.remember(MEMORY, after)


def start_vectors(weights: Params) -> Params:
    """A left singular vector of every matrix, by the matrix's name."""
    return {n: settle_vector(w.flatten(1)) for n, w in weights.items() if w.dim() > 1}


def turn_all(weights: Params, vectors: Params) -> Params:
    """The vectors after one power iteration each."""
    return {n: turn(weights[n].flatten(1), u) for n, u in vectors.items()}


def divide_by_norm(weight: Tensor, u: Tensor) -> Tensor:
    """W / sigma(W); u and v are constants to the gradient, as in the paper."""
    matrix = weight.flatten(1)
    u = u.detach()
    v = normalize(matrix.detach().mT @ u, dim=0)
    u = normalize(matrix.detach() @ v, dim=0)
    norm = u @ matrix @ v
    return weight / torch.where(norm > 0, norm, 1)  # a layer of zeros stays one


def turn(matrix: Tensor, u: Tensor) -> Tensor:
    """One power iteration of the left singular vector."""
    turned = normalize(matrix @ normalize(matrix.mT @ u, dim=0), dim=0)
    return torch.where(turned.any(), turned, u)  # of zeros, until they move


def settle_vector(matrix: Tensor) -> Tensor:
    """A left singular vector to start from, the same for every run: 15 power iterations from the vector of ones."""
    u = normalize(torch.ones_like(matrix[:, 0]), dim=0)
    for _ in range(15):
        u = turn(matrix, u)
    return u
