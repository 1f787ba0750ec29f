"""A recipe: strategies joined by `+`, composed into the hooks that the training loop calls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import torch

from gancheck.datasets.base import DataSpec
from gancheck.errors import BadParameter, BadPlugin
from gancheck.gans.base import Gan, Model
from gancheck.plugins import parameters
from gancheck.plugins.registry import Registry
from gancheck.strategies.base import Strategy, info_of, is_objective, name_of
from gancheck.strategies.composition import Composition
from gancheck.strategies.hook_names import refuse_uncalled
from gancheck.strategies.untreated import UNTREATED


@dataclass(frozen=True)
class Recipe(Composition):
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
        refuse_conflicts(text, parts)
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


def refuse_conflicts(recipe: str, strategies: list[Strategy]) -> None:
    """BadParameter where one strategy cannot stand beside another."""
    for one, other in permutations(strategies, 2):
        if reason := one.conflicts(other):
            raise BadParameter(f"recipe '{recipe}': '{name_of(one)}' beside '{name_of(other)}': {reason}")


def part(text: str, registry: Registry) -> Strategy:
    """One strategy from its text."""
    name, values = parameters.parse_call(text)
    made: Strategy = registry.build("strategy", name, **values)
    try:
        refuse_uncalled(type(made))
    except BadPlugin as error:
        raise BadPlugin(f"strategy '{name}': {error}") from error
    return made


def label_of(strategy: Strategy) -> str:
    """Name and those parameters that are not the defaults."""
    default: Mapping[str, Any] = parameters.defaults(type(strategy))
    chosen = {k: v for k, v in parameters.parameters(strategy).items() if v != default.get(k)}
    return parameters.label(name_of(strategy), chosen)
