"""Width: networks with more, or fewer, units in their hidden layers.

Zagoruyko & Komodakis, "Wide residual networks", BMVC 2016, widen networks by a factor. No paper claims that it cures
collapse; it is a control of capacity, for strategies that add networks. The GAN is asked for another size, in all its
parameters whose names end in "width", so that it suits any GAN with such a parameter.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

from torch import nn

from gancheck.datasets.base import DataSpec
from gancheck.errors import BadParameter
from gancheck.gans.base import Gan
from gancheck.gans.players import Players
from gancheck.strategies.base import BuildInfo, Strategy, strategy
from gancheck.strategies.generator._hidden import Treated, roles
from gancheck.strategies.search_space import Log

NO_WIDTH = 'needs a GAN with a parameter whose name ends in "width", a number of units or channels'


@strategy("width", family="generator", paper="Zagoruyko & Komodakis, BMVC 2016", search={"factor": Log(0.5, 4.0)})
@dataclass(frozen=True)
class Width(Strategy):
    """Multiply the number of units in every hidden layer by a factor; a control of capacity."""

    factor: float = 2.0  #: new width over the GAN's own; a choice of ours
    player: Treated = "both"  #: whose layers are widened

    def __post_init__(self) -> None:
        if not self.factor > 0:
            raise BadParameter(f"factor = {self.factor} must be positive")

    def supports(self, gan: Gan, data: DataSpec) -> str | None:
        return None if widths(gan) else NO_WIDTH

    def prepare(self, players: Players, info: BuildInfo) -> Players:
        wide = resized(info.gan, self.factor)
        own = {
            "generator": info.gan.build(info.data).generator,
            "discriminator": info.gan.build(info.seen).discriminator,
        }
        for role in roles(self.player):
            made = players.wrap(role, lambda network, role=role: rebuilt(network, own[role], role, wide, info))  # type: ignore[misc]
            players = made
        return players


def rebuilt(network: nn.Module, own: nn.Module, role: str, wide: Gan, info: BuildInfo) -> nn.Module:
    """A network of another size; BadParameter where it is not the GAN's own any more."""
    if shapes(network) != shapes(own):
        changed = f"width rebuilds the {role}, which another strategy has changed"
        raise BadParameter(f"{changed}: put width before it, unless it is an objective")
    return wide.build(info.data).generator if role == "generator" else wide.build(info.seen).discriminator


def shapes(network: nn.Module) -> dict[str, tuple[int, ...]]:
    """The shape of every weight."""
    return {name: tuple(tensor.shape) for name, tensor in network.state_dict().items()}


def widths(gan: Gan) -> dict[str, int]:
    """The GAN's parameters that are widths; where one follows another, it is 0 and left out."""
    own: Any = gan
    names: list[str] = [f.name for f in fields(own) if f.name.endswith("width")] if is_dataclass(gan) else []
    return {name: value for name in names if isinstance(value := getattr(gan, name), int) and value > 0}


def resized(gan: Gan, factor: float) -> Gan:
    """The GAN with all widths multiplied by a factor."""
    other: Any = gan
    return replace(other, **{name: max(1, round(factor * value)) for name, value in widths(gan).items()})  # type: ignore[no-any-return]
