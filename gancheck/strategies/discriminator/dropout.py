"""Dropout in the discriminator: a random share of its hidden units is silent at every call, so that it learns slower.

Srivastava, Hinton, Krizhevsky, Sutskever & Salakhutdinov, "Dropout: a simple way to prevent neural networks from
overfitting", JMLR 2014; in the discriminator of Salimans et al., "Improved techniques for training GANs", NeurIPS 2016.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import nn
from torch.nn.modules import activation

from gancheck.datasets.base import DataSpec
from gancheck.errors import BadParameter
from gancheck.gans.base import Gan
from gancheck.gans.dropout import Dropout
from gancheck.gans.exchange import exchange
from gancheck.gans.players import Players
from gancheck.strategies.base import BuildInfo, Strategy, strategy
from gancheck.strategies.search_space import Linear

#: A discriminator gives logits, so whatever activation it holds is a hidden one.
ACTIVATIONS = tuple(getattr(activation, name) for name in activation.__all__ if name != "MultiheadAttention")


@strategy("dropout", family="discriminator", paper="Srivastava et al., JMLR 2014", search={"p": Linear(0.1, 0.9)})
@dataclass(frozen=True)
class DropoutInCritics(Strategy):
    """Drop a share p of the units after every activation of every critic; each call draws a mask of its own."""

    p: float = 0.5  #: share of the units; Srivastava et al. find it close to the best for hidden units

    def __post_init__(self) -> None:
        if not 0 <= self.p < 1:
            raise BadParameter(f"p = {self.p} must lie in [0, 1)")

    def supports(self, gan: Gan, data: DataSpec) -> str | None:
        if any(isinstance(module, ACTIVATIONS) for module in gan.build(data).discriminator.modules()):
            return None
        return "needs a discriminator whose hidden activations are modules, such as nn.ReLU"

    def prepare(self, players: Players, info: BuildInfo) -> Players:
        return players.wrap("discriminator", lambda critic: exchange(critic, self.after_activation))

    def after_activation(self, module: nn.Module) -> nn.Module:
        """An activation with dropout behind it; any other module as it is."""
        return nn.Sequential(module, Dropout(self.p)) if isinstance(module, ACTIVATIONS) else module
