"""What a strategy is: optional hooks around one step, each for one replicate."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, TypeVar

import torch
from torch import Tensor, nn

from gancheck.datasets.base import Batch, DataSpec
from gancheck.errors import BadPlugin
from gancheck.gans.base import Gan
from gancheck.gans.game import Game, Sample
from gancheck.gans.latent import Latent
from gancheck.gans.look import Look
from gancheck.gans.players import Players
from gancheck.gans.sampler import Sampler
from gancheck.gans.settings import Settings
from gancheck.gans.state import Params, State
from gancheck.plugins.info import PluginInfo, plugin, plugin_info
from gancheck.strategies.search_space import Space, refuse_unknown_fields

T = TypeVar("T")
Kind = Literal["trained", "oracle", "sampling"]
FAMILIES = ("objective", "regulariser", "discriminator", "optimisation")  #: beside words of an author's own


def strategy(
    name: str, *, family: str, paper: str = "", kind: Kind = "trained", search: Mapping[str, Space] | None = None
) -> Callable[[T], T]:
    """Make a dataclass that derives from `Strategy` known as `name`.

    `family` says what it changes: "objective" (it defines both players' losses; a recipe holds at most one),
    "regulariser", "discriminator", "optimisation", or a word of your own. `paper` says where it comes from, as in
    "Mao et al., ICCV 2017". `kind` "oracle" (uses mode labels) and "sampling" (only filters samples afterwards) are
    ranked in tables of their own. `search` says where `gancheck tune` may look for parameters, as in
    {"gamma": gancheck.Log(0.1, 1_000.0)}: `Log`, `Linear` or `Choice`, with the default inside.

    Raises BadPlugin for a family that is nearly one of these four.
    """
    meant = difflib.get_close_matches(family.lower(), FAMILIES, n=1, cutoff=0.85)
    if meant and family not in FAMILIES:  # two objectives would compose, and none of them would be alone
        raise BadPlugin(f"strategy '{name}': unknown family '{family}'. Did you mean '{meant[0]}'?")
    declare = plugin("strategy", name, family=family, paper=paper, kind=kind, search=dict(search or {}))

    def decorate(thing: T) -> T:
        refuse_unknown_fields(search or {}, getattr(thing, "__dataclass_fields__", {}))
        return declare(thing)

    return decorate


@dataclass(frozen=True)
class BuildInfo:
    """What networks are built for, as `prepare` is told."""

    data: DataSpec  #: of the training data
    seen: DataSpec  #: what the discriminator sees of it: packs, or samples joined with latents
    gan: Gan  #: builds further networks: `gan.build(seen).discriminator`
    found: Mapping[str, Any] = field(default_factory=dict)  #: what this strategy's `study` found


class Strategy:
    """Base of all strategies: every hook does nothing. Override those you need; the loop calls no other.

    Hooks are pure functions of tensors: no branching on values, no `.item()`, no random numbers but the game's. Those
    marked [outside] are plain Python instead: they run for one seed at a time, outside the step, and may do anything.
    """

    hooks: ClassVar[tuple[str, ...]] = (
        *("study", "discriminator_data", "prepare", "initial", "settings", "final_settings", "memory"),
        *("pick", "latents", "codes", "inputs", "constrain", "weigh"),
        *("discriminator_loss", "generator_loss", "helper_loss", "lookahead", "gradients"),
        *("after_update", "after_step", "refresh", "evaluation_weights", "sampler"),
    )
    period: int = 0  #: steps between two calls of `refresh`; a field of that name may set it
    keeps: ClassVar[tuple[str, ...]] = ()  #: players whose weights `sampler` needs, beside those that generate
    judges_alone: ClassVar[bool] = False  #: it has the discriminator judge samples of one kind, outside an update

    def period_in(self, steps: int) -> int:
        """Steps between two calls of `refresh` in a run of so many steps, where it depends on those."""
        return self.period

    def supports(self, gan: Gan, data: DataSpec) -> str | None:
        """Why this strategy cannot treat this GAN on this data, or None."""
        return None

    def conflicts(self, other: Strategy) -> str | None:
        """Why a recipe cannot have this strategy beside another, or None; asked when the recipe is read."""
        return None

    def study(self, look: Look) -> dict[str, Any]:
        """[outside] What to find out of the data before anything is built, by name.

        `prepare` gets it, and its tensors are in memory under the same names, never to change.
        """
        return {}

    def discriminator_data(self, data: DataSpec, latent: Latent) -> DataSpec:
        """Shape of what the discriminator sees, where `inputs` changes it."""
        return data

    def prepare(self, players: Players, info: BuildInfo) -> Players:
        """[outside] Wrap players, or add some with `players.add`. Weights are set afterwards, see `initial`."""
        return players

    def initial(self, weights: Params, player: str, module: nn.Module, source: torch.Generator) -> Params:
        """[outside] The weights that a player starts with, given those that the untreated GAN starts with."""
        return weights

    def settings(self, settings: Settings) -> Settings:
        """Optimisers, batch, critic steps, turns."""
        return settings

    def final_settings(self, settings: Settings) -> Settings:
        """What follows from the settings that all strategies' `settings` gave; BadParameter refuses them."""
        return settings

    def memory(self, state: State) -> dict[str, Any]:
        """What to remember, as it is before the first step. Each name belongs to one strategy."""
        return {}

    def pick(self, batch: Batch, n: int, game: Game) -> Batch:
        """The n training samples to use, of the `draw` times n (see `Settings`) that were drawn."""
        return batch

    def latents(self, latent: Tensor, code: Tensor | None, game: Game) -> tuple[Tensor, Tensor | None]:
        """The latents (n, size) and codes (n,) of an update, given those that were drawn.

        What holds at evaluation too belongs into the `latents` of a `gancheck.Sampler` as well.
        """
        return latent, code

    def codes(self, code: Tensor, batch: Batch, game: Game) -> Tensor:
        """(n,) codes of real samples, given what the strategies to the left made of their modes, `batch.y`."""
        return code

    def inputs(self, x: Tensor, of: Sample, game: Game) -> Tensor:
        """What the discriminator sees: x is what the strategies to the left made of the samples `of`."""
        return x

    def constrain(self, weights: Params, player: str, game: Game) -> Params:
        """The weights that a player really plays with, as a differentiable function of those the optimiser holds.

        It is asked for what is evaluated too: `game.phase` is "evaluation" then, and noise is constant.
        """
        return weights

    def weigh(self, weights: Tensor, side: str, game: Game) -> Tensor:
        """(rows,) weights of the rows that an objective averages, at least 0; `side` is "real" or "fake"."""
        return weights

    def discriminator_loss(self, loss: Tensor, game: Game) -> Tensor:
        """The discriminator's loss, given what the strategies to the left made of it.

        An objective is called once and sees all critics; any other strategy once for each critic, `game` facing it.
        """
        return loss

    def generator_loss(self, loss: Tensor, game: Game) -> Tensor:
        """The generator's loss, given what the strategies to the left made of it."""
        return loss

    def helper_loss(self, loss: Tensor, player: str, game: Game) -> Tensor:
        """The loss of a helper that shares nobody's, given what the strategies to the left made of it."""
        return loss

    def lookahead(self, play: Callable[[Game], Tensor], game: Game) -> Tensor:
        """A loss after foreseen moves: `play` is the whole composed loss of `game.owner` as a function of a game."""
        return play(game)

    def gradients(self, gradients: dict[str, Params], game: Game) -> dict[str, Params]:
        """The gradients of the players that move now, by player and parameter."""
        return gradients

    def after_update(self, state: State, before: Mapping[str, Params]) -> State:
        """Change memory or weights after every optimiser step; `before` is who moved, and from where."""
        return state

    def after_step(self, state: State) -> State:
        """Change memory or weights when a step, with all its updates, is done."""
        return state

    def refresh(self, state: State, look: Look) -> State:
        """[outside] Change memory or weights before every `period`-th step, the first included; shapes stay."""
        return state

    def evaluation_weights(self, weights: dict[str, Params], state: State) -> dict[str, Params]:
        """Weights and buffers to evaluate, by player, given what the strategies to the left made of them."""
        return weights

    def sampler(self, inner: Sampler) -> Sampler:
        """[outside] How samples are drawn at evaluation: `inner`, or a `gancheck.Sampler` around it."""
        return inner

    @classmethod
    def overrides(cls, hook: str) -> bool:
        """Whether this strategy does something in a hook."""
        return getattr(cls, hook) is not getattr(Strategy, hook)


def info_of(strategy: Strategy) -> PluginInfo:
    """What a strategy object's decorator wrote on it."""
    found = plugin_info(type(strategy))
    if found is None:
        raise BadPlugin(
            f'{type(strategy).__name__} has no name; decorate it with @gancheck.strategy("name", family=...)'
        )
    return found


def name_of(strategy: Strategy) -> str:
    """The registered name."""
    return info_of(strategy).name


def is_objective(strategy: Strategy) -> bool:
    """Whether the strategy defines both players' losses."""
    return bool(info_of(strategy).properties["family"] == "objective")


def samples_only(strategy: Strategy) -> bool:
    """Whether the strategy leaves training alone, and only says how samples are drawn."""
    return bool(info_of(strategy).properties["kind"] == "sampling")
