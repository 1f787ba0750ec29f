"""The smallest GAN: all real data is one point, the generator one number, the discriminator one slope.

Mescheder et al., "Which Training Methods for GANs do actually Converge?", ICML 2018. The optimum is at (0, 0). With R1
the two numbers spiral inwards; without it they come nearer ever more slowly, and with a linear loss not at all.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from benchmarks.detectors.programs.base import Outcome, Program
from benchmarks.detectors.programs.game import Game


class Point(nn.Module):
    """The generator: a number, whatever it is given."""

    def __init__(self) -> None:
        super().__init__()
        self.place = nn.Parameter(torch.tensor([1.0]) + 0.1 * torch.randn(1))

    def forward(self, codes: Tensor) -> Tensor:
        """(n, 1)."""
        return self.place.expand(len(codes), 1)


def slope() -> nn.Module:
    """The discriminator."""
    return nn.Linear(1, 1, bias=False)


def one_mode(samples: Tensor) -> Tensor:
    """There is but one."""
    return torch.zeros(len(samples), dtype=torch.int64)


def radius(*players: nn.Module) -> float:
    """How far both players together are from the optimum."""
    return float(torch.cat([p.detach().flatten() for player in players for p in player.parameters()]).norm())


def setup(seed: int) -> Game:
    """Plain gradient descent with R1."""

    def drawn(count: int, stream: torch.Generator) -> Tensor:
        return torch.zeros(count, 1)

    def measured(samples: Tensor) -> Outcome:
        # Of both players, since on a circle the generator alone passes through the optimum twice a turn.
        return {"radius": radius(game.generator, game.discriminator)}

    game = Game(seed, Point, slope, drawn, None, None, measured, one_mode, 1, steps=600, batch=16)
    game.adam, game.generator_rate, game.discriminator_rate, game.penalty = False, 0.1, 0.1, 1.0
    return game


PROGRAM = Program("dirac-gan", frozenset({"dirac"}), setup)
