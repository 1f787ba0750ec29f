"""How players are trained: optimiser settings per player, batch size, critic steps, and the budget."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

from gancheck.errors import BadParameter, refuse_unknown

OptimiserName = Literal["adam", "adamw", "sgd", "rmsprop"]
Precision = Literal["float32", "tf32", "bf16"]
Schedule = Literal["constant", "linear", "cosine", "cyclic"]


@dataclass(frozen=True)
class Optimiser:
    """One player's optimiser, by its name in `torch.optim`."""

    name: OptimiserName = "adam"
    lr: float = 2e-4  #: learning rate at the start
    betas: tuple[float, float] = (0.5, 0.999)  #: Adam's two decay rates; the first is SGD's momentum
    schedule: Schedule = "constant"  #: of the learning rate over the run
    floor: float = 0.05  #: share of the learning rate left at the end of a schedule that falls
    warm_up: float = 0.0  #: share of the run over which the learning rate rises evenly, before its schedule
    cycles: int = 4  #: times that "cyclic" falls like a cosine and starts again
    weight_decay: float | None = None  #: None: torch's default, which is 0 but for adamw
    eps: float | None = None  #: of Adam and RMSprop, beside the root; None: torch's default
    momentum: float | None = None  #: of SGD and RMSprop; None: the first of `betas` for SGD, 0 for RMSprop

    def __post_init__(self) -> None:
        refuse_unknown(self.name, get_args(OptimiserName), "an optimiser", BadParameter)
        refuse_unknown(self.schedule, get_args(Schedule), "a schedule", BadParameter)
        if not self.lr > 0:
            raise BadParameter(f"optimiser: lr = {self.lr} must be positive")
        if not all(0 <= b < 1 for b in self.betas):
            raise BadParameter(f"optimiser: betas = {self.betas} must lie in [0, 1)")
        if not 0 <= self.warm_up < 1 or self.cycles < 1:
            raise BadParameter(
                f"optimiser: warm_up = {self.warm_up} must lie in [0, 1), cycles = {self.cycles} be at least 1"
            )
        if (self.eps is not None and self.name == "sgd") or (self.momentum is not None and "adam" in self.name):
            raise BadParameter(
                f"optimiser: {self.name} has no {'eps' if self.name == 'sgd' else 'momentum; set betas'}"
            )
        for name in ("weight_decay", "eps", "momentum"):
            if (value := getattr(self, name)) is not None and value < 0:
                raise BadParameter(f"optimiser: {name} = {value} is negative")

    def rate(self, progress: float, step: float = 0.0) -> float:
        """Learning rate when this share of the steps is done; `step` is the share that one of them is.

        A rise ends at the full rate, and begins one step above 0, so that the first step moves the weights too.
        """
        if progress < self.warm_up:
            return self.lr * min(1.0, (progress + step) / self.warm_up)
        if self.schedule == "constant":
            return self.lr
        progress = (progress - self.warm_up) / (1 - self.warm_up)
        if self.schedule == "cyclic":
            progress = self.cycles * progress % 1
        fall = progress if self.schedule == "linear" else (1 - math.cos(math.pi * progress)) / 2
        return self.lr * (1 - (1 - self.floor) * fall)


@dataclass(frozen=True)
class Settings:
    """What strategies may change about the training of the players."""

    batch: int = 128  #: a suite's: rows that the discriminator judges per update; after a recipe: samples it takes
    critic_steps: int = 1  #: discriminator updates per generator update
    default: Optimiser = field(default_factory=Optimiser)  #: for every player that is not named below
    players: dict[str, Optimiser] = field(default_factory=dict)
    #: Who moves when: players named together move at once, on one batch. `critic_steps` repeats the first turn.
    turns: tuple[tuple[str, ...], ...] = (("discriminator",), ("generator",))
    draw: int = 1  #: batches of real samples drawn per update, of which a strategy's `pick` leaves one
    #: Of products in training: "tf32" rounds their factors on a GPU, "bf16" computes losses in bfloat16 where PyTorch's
    #: autocast does. Weights and all that is measured stay float32. Boards rank "float32" only.
    precision: Precision = "float32"

    def __post_init__(self) -> None:
        refuse_unknown(self.precision, get_args(Precision), "a precision", BadParameter)
        if self.batch < 2:
            raise BadParameter(f"batch = {self.batch}: needs at least 2 samples")
        if self.critic_steps < 1:
            raise BadParameter(f"critic_steps = {self.critic_steps}: needs at least 1")
        if self.draw < 1:
            raise BadParameter(f"draw = {self.draw}: needs at least 1 batch per update")
        names = [name for turn in self.turns for name in turn]
        if sorted(set(names)) != sorted(names) or not {"discriminator", "generator"} <= set(names):
            raise BadParameter(f"turns = {self.turns}: generator and discriminator move in one turn each, nobody twice")
        if self.critic_steps > 1 and "generator" in self.turns[0]:
            raise BadParameter(f"critic_steps = {self.critic_steps} needs a first turn without the generator")

    def player(self, name: str, turn: str = "") -> Optimiser:
        """A player's optimiser settings: its own, else those of the lead in whose turn it moves, else the default."""
        return self.players.get(name, self.players.get(turn, self.default))

    def tuned(self, player: str, **changes: Any) -> Settings:
        """These settings with some of one player's optimiser settings changed."""
        return replace(self, players={**self.players, player: replace(self.player(player), **changes)})

    def simultaneous(self) -> Settings:
        """These settings with discriminator and generator moving at once, and so equally often; other turns follow."""
        leads = [turn for turn in self.turns if {"discriminator", "generator"} & set(turn)]
        together = tuple(name for turn in leads for name in turn)
        return replace(self, critic_steps=1, turns=(together, *(turn for turn in self.turns if turn not in leads)))


@dataclass(frozen=True)
class Budget:
    """What every strategy may spend. A step is one generator update."""

    steps: int = 1000  #: generator updates
    evaluations: int = 4  #: evenly spaced over training; the last one, at the end, decides
    timeout: float = 0.0  #: seconds of training after which a block of seeds is given up; 0: never
    memory: float = 0.0  #: GiB that the process of a block may take (of main memory); 0: as much as there is

    def __post_init__(self) -> None:
        if self.steps < 1:
            raise BadParameter(f"steps = {self.steps}: needs at least 1")
        if not 1 <= self.evaluations <= self.steps:
            raise BadParameter(f"evaluations = {self.evaluations}: must lie between 1 and steps = {self.steps}")
        for name in ("timeout", "memory"):
            if getattr(self, name) < 0:
                raise BadParameter(f"{name} = {getattr(self, name):g}: takes a limit, or 0 for none")

    @property
    def points(self) -> tuple[int, ...]:
        """Steps after which the generator is kept for evaluation."""
        return tuple(round(self.steps * (i + 1) / self.evaluations) for i in range(self.evaluations))
