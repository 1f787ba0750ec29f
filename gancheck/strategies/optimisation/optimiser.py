"""Another optimiser than the suite's.

Kingma & Ba, "Adam: a method for stochastic optimization", ICLR 2015; Loshchilov & Hutter, "Decoupled weight decay
regularization", ICLR 2019 (adamw). Learning rates of two optimisers mean different things. Adam, AdamW and RMSprop
divide a gradient by its size, so that a weight moves by about the rate in a step, and they share the suite's rate.
Gradient descent moves by the rate times the gradient, and gradients of a GAN are far below 1: at Adam's rate it would
stand still. Its rate is 100 times the suite's, and 10 times with a momentum of 0.9, which adds up to ten gradients. A
rate of your own replaces all this.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from gancheck.errors import BadParameter
from gancheck.gans.settings import Optimiser, Settings
from gancheck.strategies.base import Strategy, strategy
from gancheck.strategies.optimisation._all_players import Who, change_optimisers

#: Learning rate over that of an optimiser which divides gradients by their size; a choice of ours.
SCALES = {"sgd": 100.0, "momentum": 10.0}
#: What goes with a name; `replace` takes away what other optimisers do not know.
SETTINGS: dict[str, dict[str, Any]] = {"sgd": {"momentum": 0.0}, "momentum": {"name": "sgd", "momentum": 0.9}}


@strategy("optimiser", family="optimisation", paper="Kingma & Ba, ICLR 2015")
@dataclass(frozen=True)
class ChosenOptimiser(Strategy):
    """Move the players by gradient descent, with or without momentum, by RMSprop, AdamW or Adam."""

    #: momentum is gradient descent with a momentum of 0.9; adamw decays weights by 0.01, as torch has it
    name: Literal["sgd", "momentum", "rmsprop", "adamw", "adam"] = "rmsprop"
    lr: float | None = None  #: learning rate; None: the suite's, scaled as said above
    player: Who = "all"  #: whose optimiser is another

    def __post_init__(self) -> None:
        if self.lr is not None and not self.lr > 0:
            raise BadParameter(f"lr = {self.lr} must be positive")

    def settings(self, settings: Settings) -> Settings:
        return change_optimisers(settings, self.player, self.exchange, "optimiser")

    def exchange(self, before: Optimiser) -> Optimiser:
        """These settings, with their schedule and decay rates, for another optimiser."""
        lr = before.lr * SCALES.get(self.name, 1.0) / scale_of(before) if self.lr is None else self.lr
        kept = {"eps": before.eps, "momentum": before.momentum} if before.name == self.name else {}
        told = {"name": self.name, "eps": None, "momentum": None, **kept, **SETTINGS.get(self.name, {})}
        return replace(before, lr=lr, **told)


def scale_of(optimiser: Optimiser) -> float:
    """What the learning rate was scaled by, if it was."""
    if optimiser.name != "sgd":
        return 1.0
    momentum = optimiser.betas[0] if optimiser.momentum is None else optimiser.momentum
    return SCALES["momentum" if momentum else "sgd"]
