"""A recipe: strategies joined by `+`, composed into the hooks that the training loop calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor

from gancheck.datasets.base import DataSpec
from gancheck.errors import BadParameter
from gancheck.gans.base import Gan, Model
from gancheck.gans.game import Game
from gancheck.gans.players import Built, Players
from gancheck.gans.settings import Settings
from gancheck.gans.state import Params, State
from gancheck.plugins import parameters
from gancheck.plugins.info import PluginInfo, plugin_info
from gancheck.plugins.registry import Registry
from gancheck.strategies.base import Strategy

UNTREATED = "none"


@dataclass(frozen=True)
class Recipe:
    """Strategies from left to right, the objective first. `Recipe.parse` makes one."""

    label: str  #: as tables show it, such as `rpgan+r1r2`
    strategies: tuple[Strategy, ...]

    @classmethod
    def parse(cls, text: str, registry: Registry) -> Recipe:
        """Read `rpgan+r1r2(gamma=1.0)`. The untreated objective joins when no other is named."""
        parts = [part(p, registry) for p in parameters.split_outside_brackets(text, "+")]
        objectives = [s for s in parts if is_objective(s)]
        if len(objectives) > 1:
            raise BadParameter(
                f"recipe '{text}' has two objectives, {' and '.join(map(name_of, objectives))}; keep one"
            )
        rest = [s for s in parts if not is_objective(s)]
        names = [name_of(s) for s in rest]
        if twice := sorted({n for n in names if names.count(n) > 1}):
            raise BadParameter(f"recipe '{text}' has '{twice[0]}' twice")
        base = objectives or [registry.build("strategy", UNTREATED)]
        kept = parts if len(parts) == 1 else [s for s in parts if name_of(s) != UNTREATED or s is not base[0]]
        return cls("+".join(map(label_of, kept)), (*base, *rest))

    @property
    def kind(self) -> str:
        """In which table the recipe is ranked: trained, oracle or sampling."""
        kinds = [info_of(s).properties["kind"] for s in self.strategies]
        return next((k for k in ("oracle", "sampling") if k in kinds), "trained")

    def names(self) -> list[str]:
        """Names of the strategies, the untreated objective included."""
        return [name_of(s) for s in self.strategies]

    def implementing(self, hook: str) -> list[Strategy]:
        """The strategies that override a hook."""
        return [s for s in self.strategies if s.overrides(hook)]

    def supports(self, gan: Model, data: DataSpec) -> str | None:
        """The first reason why this recipe cannot treat this model, or None."""
        treatments = [s for s in self.strategies if name_of(s) != UNTREATED]
        if not treatments:
            return None
        if gan.own_loop or not isinstance(gan, Gan):
            return f"{name_of(treatments[0])} needs gancheck's loop, and this model trains itself"
        with torch.random.fork_rng(devices=[]):  # a strategy may build the GAN to look at it
            reasons = ((name_of(s), s.supports(gan, data)) for s in treatments)
            return next((f"{name}: {reason}" for name, reason in reasons if reason), None)

    def discriminator_data(self, data: DataSpec) -> DataSpec:
        """What the discriminator sees of the data."""
        for s in self.strategies:
            data = s.discriminator_data(data)
        return data

    def networks(self, model: Model, data: DataSpec) -> Built:
        """A GAN's players after every strategy; of any other model, what it builds."""
        return self.players(model, data) if isinstance(model, Gan) else model.build(data)

    def players(self, gan: Gan, data: DataSpec) -> Players:
        """The GAN's players, the discriminator built for what it will see, then wrapped."""
        seen = self.discriminator_data(data)
        players = gan.build(data)
        if seen != data:
            players = players.replace(discriminator=gan.build(seen).discriminator)
        for s in self.strategies:
            players = s.prepare(players, seen)
        return players

    def settings(self, settings: Settings) -> Settings:
        """The suite's settings after every strategy."""
        for s in self.strategies:
            settings = s.settings(settings)
        return settings

    def inputs(self, x: Tensor, game: Game) -> Tensor:
        """What the discriminator sees of samples."""
        for s in self.implementing("inputs"):
            x = s.inputs(x, game)
        return x

    def constrain(self, player: str, weights: Params, game: Game) -> Params:
        """The weights a player plays with."""
        for s in self.implementing("constrain"):
            weights = s.constrain(weights, player, game)
        return weights

    def discriminator_loss(self, game: Game) -> Tensor:
        """The composed loss of the discriminator."""
        loss = torch.zeros((), device=game.latent.device)
        for s in self.implementing("discriminator_loss"):
            loss = s.discriminator_loss(loss, game)
        return loss

    def generator_loss(self, game: Game) -> Tensor:
        """The composed loss of the generator, after every look ahead."""
        play: Callable[[Game], Tensor] = self.plain_generator_loss
        for s in self.implementing("lookahead"):
            play = partial(s.lookahead, play)
        return play(game)

    def plain_generator_loss(self, game: Game) -> Tensor:
        """The composed loss of the generator without looking ahead."""
        loss = torch.zeros((), device=game.latent.device)
        for s in self.implementing("generator_loss"):
            loss = s.generator_loss(loss, game)
        return loss

    def gradients(self, gradients: dict[str, Params], game: Game) -> dict[str, Params]:
        """The gradients after every strategy."""
        for s in self.implementing("gradients"):
            gradients = s.gradients(gradients, game)
        return gradients

    def memory(self, state: State) -> dict[str, Any]:
        """Everything to remember at the start."""
        memory: dict[str, Any] = {}
        for s in self.implementing("memory"):
            memory.update(s.memory(state))
        return memory

    def after_step(self, state: State) -> State:
        """The state after every strategy's last word."""
        for s in self.implementing("after_step"):
            state = s.after_step(state)
        return state

    def sample(self, state: State) -> Params:
        """The generator's weights to evaluate."""
        weights = state.generator
        for s in self.implementing("sample"):
            weights = s.sample(weights, state)
        return weights


def part(text: str, registry: Registry) -> Strategy:
    """One strategy from its text."""
    name, values = parameters.parse_call(text)
    made: Strategy = registry.build("strategy", name, **values)
    return made


def info_of(strategy: Strategy) -> PluginInfo:
    """What a strategy object's decorator wrote on it."""
    found = plugin_info(type(strategy))
    assert found is not None
    return found


def name_of(strategy: Strategy) -> str:
    """The registered name."""
    return info_of(strategy).name


def is_objective(strategy: Strategy) -> bool:
    """Whether the strategy defines both players' losses."""
    return bool(info_of(strategy).properties["family"] == "objective")


def label_of(strategy: Strategy) -> str:
    """Name and those parameters that are not the defaults."""
    default: Mapping[str, Any] = parameters.defaults(type(strategy))
    chosen = {k: v for k, v in parameters.parameters(strategy).items() if v != default.get(k)}
    return parameters.label(name_of(strategy), chosen)
