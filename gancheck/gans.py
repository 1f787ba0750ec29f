"""What a GAN must give: its players, built for the data at hand."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import torch
from torch import Tensor, nn

from gancheck.card import pin
from gancheck.datasets.base import DataSpec
from gancheck.errors import BadParameter, Unsupported

if TYPE_CHECKING:
    from gancheck.session import Session

T = TypeVar("T")


def gan(name: str) -> Callable[[T], T]:
    """Make a dataclass that derives from `Gan` known as `name`."""
    return pin("gan", name)


@dataclass(frozen=True)
class Latent:
    """The prior of z."""

    size: int  #: dimensions
    prior: Literal["normal", "uniform"] = "normal"  #: N(0, I), or U(-1, 1) in every dimension

    def __post_init__(self) -> None:
        if self.size < 1:
            raise BadParameter(f"latent size = {self.size}: needs at least 1 dimension")

    def draw(self, count: int, generator: torch.Generator) -> Tensor:
        """(count, size) float32 on the generator's device."""
        if self.prior == "normal":
            return torch.randn(count, self.size, generator=generator, device=generator.device)
        return torch.rand(count, self.size, generator=generator, device=generator.device) * 2 - 1


@dataclass(frozen=True)
class Helper:
    """A network that a strategy adds. It is trained on the loss of the player it follows."""

    module: nn.Module
    follows: Literal["generator", "discriminator"]


@dataclass(frozen=True)
class Players:
    """The networks of one game."""

    generator: nn.Module  #: (n, latent.size) -> (n, *data.shape)
    discriminator: nn.Module  #: (n, *data.shape) -> (n,) or (n, 1) logits
    latent: Latent
    helpers: dict[str, Helper] = field(default_factory=dict)

    def replace(self, **changes: Any) -> Players:
        """These players with some exchanged."""
        return replace(self, **changes)

    def add(self, name: str, module: nn.Module, follows: Literal["generator", "discriminator"]) -> Players:
        """These players and one more, such as an encoder or a classifier."""
        return replace(self, helpers={**self.helpers, name: Helper(module, follows)})

    @property
    def modules(self) -> dict[str, nn.Module]:
        """All networks by name."""
        helpers = {name: helper.module for name, helper in self.helpers.items()}
        return {"generator": self.generator, "discriminator": self.discriminator, **helpers}

    def team(self, lead: str) -> list[str]:
        """The lead player and the helpers that share its loss."""
        return [lead, *(name for name, helper in self.helpers.items() if helper.follows == lead)]


class Gan(ABC):
    """A generator and a discriminator. `build` is the only duty."""

    @abstractmethod
    def build(self, data: DataSpec) -> Players:
        """Fresh players for this data. Initialise weights as torch does: its global seed is set before the call."""

    def train(self, session: Session) -> None:
        """Override to train with a loop of your own; see `Session`. Otherwise the engine trains, all seeds together."""
        raise Unsupported("this GAN is trained by the engine")

    @property
    def own_loop(self) -> bool:
        """Whether `train` is overridden."""
        return type(self).train is not Gan.train
