"""A task of a suite: one dataset with one GAN, and what both are trained and measured with."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from gancheck.datasets.base import Dataset
from gancheck.errors import BadParameter, BadSuite
from gancheck.gans.base import Model
from gancheck.gans.settings import Budget, Settings
from gancheck.plugins import parameters
from gancheck.plugins.registry import Registry
from gancheck.strategies.untreated import UNTREATED

Table = dict[str, Any]


@dataclass(frozen=True)
class EvaluationProtocol:
    """How generators are measured."""

    metrics: tuple[str, ...] = ()  #: names; empty: every metric that the data allows
    samples: int = 10_000  #: per evaluation; neighbour metrics take fewer

    def __post_init__(self) -> None:
        if self.samples < 100:
            raise BadParameter(f"samples = {self.samples}: under 100 no metric means anything")


@dataclass(frozen=True)
class PluginSpec:
    """A plug-in's name and the parameters that the suite sets."""

    name: str
    parameters: Table = field(default_factory=dict)

    @classmethod
    def read(cls, value: Any, what: str) -> PluginSpec:
        """From `"ring8"`, `"ring(modes=16)"` or `{ name = "ring", modes = 16 }`."""
        if isinstance(value, str):
            return cls(*parameters.parse_call(value))
        if isinstance(value, dict) and isinstance(value.get("name"), str):
            return cls(value["name"], {k: v for k, v in value.items() if k != "name"})
        raise BadSuite(f"{what} must be a name or a table with a name, not {value!r}")

    def beside(self, folder: Path, kind: str, registry: Registry) -> PluginSpec:
        """The same with its files and folders looked for from this folder on, where they are relative."""
        places = parameters.place_names(registry.entry(kind, self.name).thing)
        named = {k: v for k, v in self.parameters.items() if k in places and isinstance(v, str) and v}
        found = {k: str(folder / Path(place).expanduser()) for k, place in named.items()}
        return replace(self, parameters={**self.parameters, **found})

    @property
    def label(self) -> str:
        """As tables show it, such as `ring(modes=16)`."""
        return parameters.label(self.name, self.parameters)


@dataclass(frozen=True)
class Task:
    """One dataset with one GAN, and what both are trained and measured with."""

    name: str  #: of the dataset's side; tasks of a suite differ in it
    dataset: PluginSpec
    gan: PluginSpec
    settings: Settings = field(default_factory=Settings)
    budget: Budget = field(default_factory=Budget)
    protocol: EvaluationProtocol = field(default_factory=EvaluationProtocol)
    title: str = ""  #: of the GAN's side; empty: the GAN's name
    start: dict[str, str] = field(default_factory=dict)  #: player -> file of the weights that it starts from
    knob: str = ""  #: of a ladder: what makes this task harder than the others of the same knob
    level: float = 1.0  #: of the knob; more is harder
    yardstick: bool = False  #: of a model beside the suite's GANs, that trains itself and that no strategy treats

    def __post_init__(self) -> None:
        if not 0 < self.level < math.inf:
            raise BadParameter(f"level = {self.level:g}: levels of a knob are above 0, and more is harder")

    @property
    def label(self) -> str:
        """As tables show it, such as `ring/mlp`."""
        return f"{self.name}/{self.title or self.gan.name}"

    def beside(self, model: PluginSpec) -> Task:
        """The same data, budget and protocol with a yardstick; it stands on no ladder, computes as it is written, and
        starts from no weights, which are the GAN's."""
        own = replace(self.settings, precision="float32")
        return replace(self, gan=model, title=model.label, settings=own, start={}, knob="", level=1.0, yardstick=True)

    def recipes(self, of_suite: Sequence[str]) -> tuple[str, ...]:
        """The recipes that are run on it: the suite's, and of a yardstick the untreated one."""
        return (UNTREATED,) if self.yardstick else tuple(of_suite)

    def build_dataset(self, registry: Registry) -> Dataset:
        """The dataset object."""
        made: Dataset = registry.build("dataset", self.dataset.name, **self.dataset.parameters)
        return made

    def build_gan(self, registry: Registry) -> Model:
        """The GAN object."""
        made: Model = registry.build("gan", self.gan.name, **self.gan.parameters)
        return made
