"""What a strategy is: optional pure hooks around one step, each for one replicate."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from typing import Any, ClassVar, Literal, TypeVar

from torch import Tensor

from gancheck.datasets.base import DataSpec
from gancheck.errors import BadPlugin
from gancheck.gans.base import Gan
from gancheck.gans.game import Game
from gancheck.gans.players import Players
from gancheck.gans.settings import Settings
from gancheck.gans.state import Params, State
from gancheck.plugins.info import plugin

T = TypeVar("T")
Kind = Literal["trained", "oracle", "sampling"]
FAMILIES = ("objective", "regulariser", "discriminator", "optimisation")  #: beside words of an author's own


def strategy(name: str, *, family: str, kind: Kind = "trained") -> Callable[[T], T]:
    """Make a dataclass that derives from `Strategy` known as `name`.

    `family` says what it changes: "objective" (it defines both players' losses; a recipe holds at most one),
    "regulariser", "discriminator", "optimisation", or a word of your own. `kind` "oracle" (uses mode labels) and
    "sampling" (only filters samples afterwards) are ranked in tables of their own.

    Raises BadPlugin for a family that is nearly one of these four.
    """
    meant = difflib.get_close_matches(family.lower(), FAMILIES, n=1, cutoff=0.85)
    if meant and family not in FAMILIES:  # two objectives would compose, and none of them would be alone
        raise BadPlugin(f"strategy '{name}': unknown family '{family}'. Did you mean '{meant[0]}'?")
    return plugin("strategy", name, family=family, kind=kind)


class Strategy:
    """Base of all strategies: every hook does nothing. Override those you need; the loop calls no other.

    Hooks are pure functions of tensors: no branching on values, no `.item()`, no random numbers but the game's.
    """

    hooks: ClassVar[tuple[str, ...]] = (
        *(
            "discriminator_data",
            "prepare",
            "settings",
            "inputs",
            "constrain",
            "discriminator_loss",
            "generator_loss",
            "lookahead",
        ),
        *("gradients", "memory", "after_step", "sample"),
    )

    def supports(self, gan: Gan, data: DataSpec) -> str | None:
        """Why this strategy cannot treat this GAN on this data, or None."""
        return None

    def discriminator_data(self, data: DataSpec) -> DataSpec:
        """Shape of what the discriminator sees, where `inputs` changes it."""
        return data

    def prepare(self, players: Players, data: DataSpec) -> Players:
        """Wrap or add players; `data` is what the discriminator sees."""
        return players

    def settings(self, settings: Settings) -> Settings:
        """Learning rates, betas, batch, critic steps."""
        return settings

    def inputs(self, x: Tensor, game: Game) -> Tensor:
        """What the discriminator sees of samples x (n, *shape), real and generated alike."""
        return x

    def constrain(self, weights: Params, player: str, game: Game) -> Params:
        """The weights that a player really plays with, as a differentiable function of those the optimiser holds."""
        return weights

    def discriminator_loss(self, loss: Tensor, game: Game) -> Tensor:
        """The discriminator's loss, given what the strategies to the left made of it."""
        return loss

    def generator_loss(self, loss: Tensor, game: Game) -> Tensor:
        """The generator's loss, given what the strategies to the left made of it."""
        return loss

    def lookahead(self, play: Callable[[Game], Tensor], game: Game) -> Tensor:
        """The generator's loss after foreseen moves: `play` is the whole composed loss as a function of a game."""
        return play(game)

    def gradients(self, gradients: dict[str, Params], game: Game) -> dict[str, Params]:
        """The gradients of the players that move now, by player and parameter."""
        return gradients

    def memory(self, state: State) -> dict[str, Any]:
        """What to remember, as it is before the first step."""
        return {}

    def after_step(self, state: State) -> State:
        """Change memory or weights when a step is done."""
        return state

    def sample(self, weights: Params, state: State) -> Params:
        """The generator's weights to evaluate, given what the strategies to the left made of them."""
        return weights

    @classmethod
    def overrides(cls, hook: str) -> bool:
        """Whether this strategy does something in a hook."""
        return getattr(cls, hook) is not getattr(Strategy, hook)
