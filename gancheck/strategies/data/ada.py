"""Adaptive discriminator augmentation: change as many samples at random as keep the discriminator from being too sure.

Karras, Aittala, Hellsten, Laine, Lehtinen & Aila, "Training generative adversarial networks with limited data",
NeurIPS 2020. The share p that is changed, of each kind apart, rises where the mean sign of real logits is above a
target, and falls where it is below. The authors let p rise from 0 to 1 over 500,000 of 25 million images; here that
share of the run decides, since runs are of all lengths. Their changes are many more, such as flips and other scales;
those here are moves and colours of images, shifts and turns of points. With several critics, the first one decides.
The sign of a logit must mean real: a Wasserstein critic's has no zero, and p then follows nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from gancheck.errors import BadParameter
from gancheck.gans.game import Game
from gancheck.gans.state import State
from gancheck.strategies.base import strategy
from gancheck.strategies.data._augmentations import AugmentingStrategy
from gancheck.strategies.search_space import Linear

MEMORY = "ada"
PAUSE = 4  #: discriminator updates between two changes of p, as in the authors' code


@strategy("ada", family="data", paper="Karras et al., NeurIPS 2020", search={"target": Linear(0.3, 0.9)})
@dataclass(frozen=True)
class Ada(AugmentingStrategy):
    """Change real and generated samples with probability p, which follows sign(E sign(D(real)) - target)."""

    policy: tuple[str, ...] = (
        "colour",
        "translation",
        "rotation",
    )  #: kinds of changes, of which those that fit are made
    target: float = 0.6  #: mean sign of real logits, as in the paper
    rise: float = 0.02  #: share of the run in which p can go from 0 to 1, as in the authors' code

    def __post_init__(self) -> None:
        super().__post_init__()
        if not -1 < self.target < 1 or not self.rise > 0:
            raise BadParameter(f"target = {self.target} must lie in (-1, 1), rise = {self.rise} be positive")

    def memory(self, state: State) -> dict[str, Any]:
        return {MEMORY: {name: torch.zeros_like(state.progress) for name in ("p", "signs", "updates")}}

    def share(self, game: Game) -> Tensor:
        share: Tensor = game.facing(game.critics[0]).memory[MEMORY]["p"]  # which alone decides
        return share

    def discriminator_loss(self, loss: Tensor, game: Game) -> Tensor:
        if game.critic != game.critics[0]:
            return loss
        held = game.memory[MEMORY]
        signs, updates = held["signs"] + game.real_logits.detach().sign().mean(), held["updates"] + 1
        change = PAUSE / (self.rise * game.steps * game.settings.critic_steps)
        due = updates >= PAUSE
        moved = (held["p"] + change * torch.sign(signs / PAUSE - self.target)).clamp(0, 1)
        after = {"p": torch.where(due, moved, held["p"]), "signs": (~due) * signs, "updates": (~due) * updates}
        game.remember(MEMORY, after)
        return loss
