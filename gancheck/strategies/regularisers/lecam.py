"""LeCam regularisation: logits of each kind are kept near the running mean of the other kind's.

Tseng, Jiang, Liu, Yang & Yang, "Regularizing generative adversarial networks under limited data", CVPR 2021. As in
both of the authors' codes, a logit counts only while it lies on its own side of the other kind's mean; the paper's
formula has no such bound. The running means are the present ones until the penalty begins. A critic whose
logits are high for generated samples, as the second one of `d2gan`, is beyond both bounds, and hardly penalised.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import relu

from gancheck.errors import BadParameter
from gancheck.gans.game import Game
from gancheck.gans.state import State
from gancheck.strategies.base import Strategy, strategy
from gancheck.strategies.search_space import Log

MEMORY = "lecam"


@strategy("lecam", family="regulariser", paper="Tseng et al., CVPR 2021", search={"weight": Log(0.003, 30.0)})
@dataclass(frozen=True)
class LeCam(Strategy):
    """Add weight * (E max(0, D(x) - mean of D(G(z)))^2 + E max(0, mean of D(x) - D(G(z)))^2), the means running."""

    weight: float = 0.3  #: lambda, as in the authors' code for CIFAR
    decay: float = 0.9  #: of the running means, per update; as there (0.99 in the authors' code for StyleGAN2)
    start: float = 0.01  #: share of the run before the penalty begins; the authors begin at step 1,000 of a long run

    def __post_init__(self) -> None:
        if self.weight < 0 or not 0 <= self.decay < 1 or not 0 <= self.start < 1:
            raise BadParameter(
                f"weight = {self.weight}, decay = {self.decay}, start = {self.start}: "
                "a weight from 0 on, and a decay and a start in [0, 1)"
            )

    def memory(self, state: State) -> dict[str, Any]:
        nothing = torch.zeros_like(state.progress)
        return {MEMORY: {"real": nothing, "fake": nothing}}

    def discriminator_loss(self, loss: Tensor, game: Game) -> Tensor:
        begun = game.progress > self.start
        means = {side: self.mean_of(side, begun, game) for side in ("real", "fake")}
        game.remember(MEMORY, means)
        high, low = relu(game.real_logits - means["fake"]), relu(means["real"] - game.fake_logits)
        return loss + self.weight * begun * (high.square().mean() + low.square().mean())

    def mean_of(self, side: str, begun: Tensor, game: Game) -> Tensor:
        """The running mean of one side's logits, this batch included."""
        now = (game.real_logits if side == "real" else game.fake_logits).detach().mean()
        return torch.where(begun, torch.lerp(now, game.memory[MEMORY][side], self.decay), now)
