"""How players are trained: optimiser settings per player, batch size, critic steps, and the budget."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from gancheck.errors import BadParameter

Schedule = Literal["constant", "linear", "cosine"]


@dataclass(frozen=True)
class Optimiser:
    """One player's optimiser, by its name in `torch.optim`."""

    name: Literal["adam", "adamw", "sgd", "rmsprop"] = "adam"
    lr: float = 2e-4  #: learning rate at the start
    betas: tuple[float, float] = (0.5, 0.999)  #: Adam's two decay rates; the first is SGD's momentum
    schedule: Schedule = "constant"  #: of the learning rate over the run
    floor: float = 0.05  #: share of the learning rate left at the end of a schedule that falls

    def __post_init__(self) -> None:
        if not self.lr > 0:
            raise BadParameter(f"optimiser: lr = {self.lr} must be positive")
        if not all(0 <= b < 1 for b in self.betas):
            raise BadParameter(f"optimiser: betas = {self.betas} must lie in [0, 1)")

    def rate(self, progress: float) -> float:
        """Learning rate when this share of the steps is done."""
        if self.schedule == "constant":
            return self.lr
        fall = progress if self.schedule == "linear" else (1 - math.cos(math.pi * progress)) / 2
        return self.lr * (1 - (1 - self.floor) * fall)


@dataclass(frozen=True)
class Settings:
    """What strategies may change about the training of the players."""

    batch: int = 128  #: a suite's: rows that the discriminator judges per update; after a recipe: samples it takes
    critic_steps: int = 1  #: discriminator updates per generator update
    default: Optimiser = field(default_factory=Optimiser)  #: for every player that is not named below
    players: dict[str, Optimiser] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.batch < 2:
            raise BadParameter(f"batch = {self.batch}: needs at least 2 samples")
        if self.critic_steps < 1:
            raise BadParameter(f"critic_steps = {self.critic_steps}: needs at least 1")

    def player(self, name: str) -> Optimiser:
        """The optimiser settings of one player."""
        return self.players.get(name, self.default)

    def tuned(self, player: str, **changes: Any) -> Settings:
        """These settings with some of one player's optimiser settings changed."""
        return replace(self, players={**self.players, player: replace(self.player(player), **changes)})


@dataclass(frozen=True)
class Budget:
    """What every strategy may spend. A step is one generator update."""

    steps: int = 1000  #: generator updates
    evaluations: int = 4  #: evenly spaced over training; the last one, at the end, decides
    timeout: float = 0.0  #: seconds of training after which a block of seeds is given up; 0: never

    def __post_init__(self) -> None:
        if self.steps < 1:
            raise BadParameter(f"steps = {self.steps}: needs at least 1")
        if not 1 <= self.evaluations <= self.steps:
            raise BadParameter(f"evaluations = {self.evaluations}: must lie between 1 and steps = {self.steps}")

    @property
    def points(self) -> tuple[int, ...]:
        """Steps after which the generator is kept for evaluation."""
        return tuple(round(self.steps * (i + 1) / self.evaluations) for i in range(self.evaluations))
