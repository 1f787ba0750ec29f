"""What `gancheck list` knows of a strategy beside its decorator: what it can treat, and what it costs."""

from __future__ import annotations

from typing import Any

from gancheck.datasets.base import DataSpec
from gancheck.errors import GancheckError
from gancheck.gans.base import Gan
from gancheck.plugins.entry import PluginEntry
from gancheck.plugins.registry import Registry
from gancheck.strategies.base import Strategy
from gancheck.strategies.costs import measured_costs

#: Families in the order in which they are shown; an author's own come last.
FAMILIES = ("objective", "regulariser", "discriminator", "generator", "auxiliary", "optimisation", "data", "sampling")
TRACKS = {"points": ("mlp", "ring8"), "images": ("dcgan", "digits")}  #: kind of data -> a GAN and a dataset of it


def strategy_facts(entry: PluginEntry, registry: Registry) -> dict[str, Any]:
    """`tracks`: the kinds of data that it can treat. `cost`: CPU seconds of a step over the untreated GAN's, network
    evaluations per step and per sample, as measured; None for a strategy of one's own. `search`: where tuning looks."""
    search = {name: str(space) for name, space in entry.info.properties["search"].items()}
    return {"tracks": tracks_of(entry, registry), "cost": measured_costs().get(entry.info.name), "search": search}


def tracks_of(entry: PluginEntry, registry: Registry) -> list[str]:
    """The kinds of data on which a strategy, at its defaults, treats the reference GANs; none if it does not build."""
    try:
        strategy = entry.build()
    except GancheckError:  # `gancheck check` says why; the others are listed all the same
        return []
    built = {
        name: (registry.build("gan", gan), registry.build("dataset", data)) for name, (gan, data) in TRACKS.items()
    }
    return [name for name, (gan, data) in built.items() if treats(strategy, gan, data.spec)]


def treats(strategy: Strategy, gan: Gan, data: DataSpec) -> bool:
    """Whether a strategy says so; one that raises does not."""
    try:
        return strategy.supports(gan, data) is None
    except Exception:
        return False


def family_rank(facts: dict[str, Any]) -> tuple[int, str]:
    """What families are sorted by."""
    family = str(facts["family"])
    return (FAMILIES.index(family) if family in FAMILIES else len(FAMILIES), family)
