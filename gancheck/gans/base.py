"""What a model must give: its networks, built for the data at hand, and, unless it is a GAN, its training."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TypeVar

from gancheck.datasets.base import DataSpec
from gancheck.errors import Unsupported
from gancheck.gans.players import Built, Players
from gancheck.gans.session import Session
from gancheck.plugins.info import plugin

T = TypeVar("T")


def gan(name: str) -> Callable[[T], T]:
    """Make a dataclass that derives from `Gan`, or from `Model`, known as `name`."""
    return plugin("gan", name)


class Model(ABC):
    """A generator that is trained by a loop of its own: a VAE, a diffusion model, a memoriser.

    It is measured and watched as GANs are. Strategies cannot treat it, so it is a task of its own on a board.
    """

    @abstractmethod
    def build(self, data: DataSpec) -> Built:
        """Fresh `Networks` for this data. Initialise weights as torch does: its global seed is set before the call."""

    @abstractmethod
    def train(self, session: Session) -> None:
        """Train for the session's steps; see `Session`."""

    @property
    def own_loop(self) -> bool:
        """Whether the model trains itself."""
        return True


class Gan(Model):
    """A generator and a discriminator. `build` is the only duty."""

    @abstractmethod
    def build(self, data: DataSpec) -> Players:
        """Fresh players for this data. Initialise weights as torch does: its global seed is set before the call.

        In training, `torch.nn.Dropout` and its like are exchanged for `gancheck.Dropout`.
        """

    def train(self, session: Session) -> None:
        """Override to train with a loop of your own; see `Session`. Otherwise all seeds are trained together."""
        raise Unsupported("this GAN is trained by gancheck's own loop")

    @property
    def own_loop(self) -> bool:
        """Whether `train` is overridden."""
        return type(self).train is not Gan.train
