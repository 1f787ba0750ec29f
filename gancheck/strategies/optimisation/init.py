"""Starting weights by a scheme, in place of those that the GAN's own layers start with.

Saxe, McClelland & Ganguli, ICLR 2014 (orthogonal); Glorot & Bengio, AISTATS 2010 (xavier); Radford, Metz & Chintala,
ICLR 2016 (normal, of standard deviation 0.02); He, Zhang, Ren & Sun, ICCV 2015 (kaiming).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

from gancheck.gans.state import Params
from gancheck.strategies.base import Strategy, strategy

SCHEMES: dict[str, Callable[[Tensor, torch.Generator], Tensor]] = {
    "orthogonal": lambda w, source: nn.init.orthogonal_(w, generator=source),
    "xavier": lambda w, source: nn.init.xavier_uniform_(w, generator=source),
    "normal": lambda w, source: nn.init.normal_(w, 0.0, 0.02, generator=source),
    "kaiming": lambda w, source: nn.init.kaiming_normal_(w, generator=source),
}
LAYERS = (nn.Linear, nn.modules.conv._ConvNd)


@strategy("init", family="optimisation", paper="Saxe et al., ICLR 2014")
@dataclass(frozen=True)
class Init(Strategy):
    """Draw the weights of every linear and convolutional layer of every player by a scheme; biases start at zero.

    Layers under a parametrisation of torch's, such as weight norm, keep the weights they have.
    """

    #: W W^T = I, or uniform by the sum of a layer's inputs and outputs, or N(0, 0.02^2), or N(0, 2 / inputs)
    scheme: Literal["orthogonal", "xavier", "normal", "kaiming"] = "orthogonal"

    def initial(self, weights: Params, player: str, module: nn.Module, source: torch.Generator) -> Params:
        layers = [name for name, layer in module.named_modules() if isinstance(layer, LAYERS)]
        names = [f"{name}.{own}".removeprefix(".") for name in layers for own in ("weight", "bias")]
        return {**weights, **{name: self.start(weights[name], source) for name in names if name in weights}}

    def start(self, weight: Tensor, source: torch.Generator) -> Tensor:
        """A matrix by the scheme, or a bias of zeros."""
        return SCHEMES[self.scheme](torch.empty_like(weight), source) if weight.dim() > 1 else torch.zeros_like(weight)
