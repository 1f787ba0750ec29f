"""Where the parameters of a recipe are looked for: what its strategies declare, and the players' learning rates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gancheck.plugins import parameters
from gancheck.plugins.registry import Registry
from gancheck.strategies.recipe import Recipe
from gancheck.strategies.search_space import Space

RATES = "learning-rates"  #: strategy that every recipe is tuned with, as every recipe has players that learn
AS_THEY_ARE = 1.0  #: its factor that changes nothing
Values = dict[str, Any]  #: `strategy.parameter` -> value


@dataclass(frozen=True)
class RecipeSpace:
    """A recipe and what is open in it. A parameter that the recipe sets stays as it is set."""

    recipe: str
    spaces: dict[str, Space]  #: by `strategy.parameter`
    defaults: Values  #: of the same, at which the recipe is what it was

    @classmethod
    def of(cls, recipe: str, registry: Registry) -> RecipeSpace:
        """The space of a recipe, such as `pacgan+r1`; UnknownName for a strategy that there is not."""
        calls = dict(map(parameters.parse_call, parameters.split_outside_brackets(recipe, "+")))
        spaces: dict[str, Space] = {}
        defaults: Values = {}
        for name, given in {**calls, **({} if RATES in calls else {RATES: {}})}.items():
            entry = registry.entry("strategy", name)
            usual = entry.parameters() if name in calls else dict.fromkeys(entry.parameters(), AS_THEY_ARE)
            for parameter, space in entry.info.properties["search"].items():
                if parameter not in given:
                    spaces[f"{name}.{parameter}"] = space
                    defaults[f"{name}.{parameter}"] = usual[parameter]
        return cls(recipe, spaces, defaults)

    def label(self, values: Mapping[str, Any], registry: Registry) -> str:
        """The recipe with these values, as tables show it; at the defaults the recipe itself. GancheckError where its
        strategies refuse them."""
        return Recipe.parse(self.text(values), registry).label

    def text(self, values: Mapping[str, Any]) -> str:
        """The recipe with these values, whether or not its strategies take them."""
        calls = dict(map(parameters.parse_call, parameters.split_outside_brackets(self.recipe, "+")))
        if any(values[name] != AS_THEY_ARE for name in values if name.startswith(f"{RATES}.")):
            calls.setdefault(RATES, {})
        for name, value in ((name, self.nearest(name, value)) for name, value in values.items()):
            strategy, _, parameter = name.partition(".")
            if strategy in calls and (strategy == RATES or value != self.defaults[name]):
                calls[strategy][parameter] = value
        return "+".join(parameters.label(*call) for call in calls.items())

    def nearest(self, name: str, value: Any) -> Any:
        """The value that is tried for one that was drawn; a default stays as it is."""
        return value if value == self.defaults[name] else self.spaces[name].nearest(value)
