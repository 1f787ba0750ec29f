"""The networks that a model builds: the players of a game, or those of a model without a discriminator."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol

import torch
from torch import Tensor, nn

from gancheck.errors import BadParameter


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


class Built(Protocol):
    """What `build` gives: `Players` for a GAN, `Networks` for any other model."""

    @property
    def generator(self) -> nn.Module:
        """(n, latent.size) -> (n, *data.shape)."""

    @property
    def latent(self) -> Latent:
        """The prior of the generator's input."""

    @property
    def modules(self) -> dict[str, nn.Module]:
        """All networks by name, `generator` among them."""


@dataclass(frozen=True)
class Networks:
    """The networks of a model that is not adversarial, such as a VAE's decoder and encoder."""

    generator: nn.Module  #: (n, latent.size) -> (n, *data.shape)
    latent: Latent
    others: dict[str, nn.Module] = field(default_factory=dict)  #: by name; whatever helps to train the generator

    @property
    def modules(self) -> dict[str, nn.Module]:
        """All networks by name."""
        return {"generator": self.generator, **self.others}


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
