"""Symplectic gradient adjustment: take out of the gradients of both players what makes them rotate.

Balduzzi, Racaniere, Martens, Foerster, Tuyls & Graepel, "The mechanics of n-player differentiable games", ICML 2018:
their algorithm 1. xi are the gradients of all players, J their Jacobian, A = (J - J^T) / 2. As in the paper, the sign
of lambda is that of <xi, J^T xi> <A^T xi, J^T xi> / d + 0.1, d the number of weights, so that stable points attract and
unstable ones repel. The authors move by RMSProp or gradient descent; here the optimiser is the suite's.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.func import grad, jvp
from torch.utils._pytree import tree_leaves, tree_map

from gancheck.errors import BadParameter
from gancheck.gans.game import Game
from gancheck.gans.settings import Settings
from gancheck.gans.state import Params
from gancheck.strategies.base import Strategy, strategy
from gancheck.strategies.search_space import Log

ALIGNMENT = 0.1  #: epsilon in the paper
Field = dict[str, Params]


@strategy("sga", family="optimisation", paper="Balduzzi et al., ICML 2018", search={"weight": Log(0.01, 100.0)})
@dataclass(frozen=True)
class Sga(Strategy):
    """Move both players at once, by xi + lambda A^T xi, A the antisymmetric part of the Jacobian of their gradients xi.

    An objective's further critic steps fall away.
    """

    weight: float = 1.0  #: size of lambda; the default of the authors' code
    align: bool = True  #: whether lambda's sign is chosen as in the paper; else it is positive

    def __post_init__(self) -> None:
        if self.weight < 0:
            raise BadParameter(f"weight = {self.weight} is negative; the sign is chosen")

    def settings(self, settings: Settings) -> Settings:
        return settings.simultaneous()

    def gradients(self, gradients: Field, game: Game) -> Field:
        if game.advanced:
            raise BadParameter("sga would add what turns here to gradients at foreseen weights; put it before them")
        here = {player: game.weights[player] for player in gradients}
        xi = part(game.field(), gradients)

        def field(weights: Field) -> Field:
            return part(game.field(weights), gradients)

        slope = grad(lambda weights: dot(one := field(weights), one) / 2)(here)  # J^T xi
        along: Field = jvp(field, (here,), (xi,))[1]  # J xi
        turn: Field = tree_map(lambda back, ahead: (back - ahead) / 2, slope, along)
        strength = self.weight * self.sign(xi, slope, turn)
        adjusted: Field = tree_map(lambda own, push: own + strength * push, gradients, turn)
        return adjusted

    def sign(self, xi: Field, slope: Field, turn: Field) -> Tensor:
        """Of lambda; `slope` is that of ||xi||^2 / 2."""
        size = sum(tensor.numel() for tensor in tree_leaves(xi))
        aligned = torch.sign(dot(xi, slope) * dot(turn, slope) / size + ALIGNMENT)
        return aligned if self.align else torch.ones_like(aligned)


def dot(one: Field, other: Field) -> Tensor:
    """Inner product of the same tensors of the same players."""
    return torch.stack([(t * other[p][n]).sum() for p, params in one.items() for n, t in params.items()]).sum()


def part(field: Field, like: Field) -> Field:
    """The tensors of some players, in the order of others."""
    return {player: {name: field[player][name] for name in params} for player, params in like.items()}
