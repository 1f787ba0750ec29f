"""Skip connections: a hidden layer adds to what it is given.

He, Zhang, Ren & Sun, "Deep residual learning for image recognition", CVPR 2016. Theirs is around two layers and before
the last activation, with a projection where the width changes; here it is around each hidden layer with its activation
that is as wide as the one before. The GAN itself must have one; in depth+skip-connections those that are added are
treated too. No paper claims that it cures collapse; it shows whether gradients that fade are the fault.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn

from gancheck.datasets.base import DataSpec
from gancheck.errors import BadParameter
from gancheck.gans.base import Gan
from gancheck.gans.exchange import exchange
from gancheck.gans.players import Players, Role
from gancheck.strategies.base import BuildInfo, Strategy, strategy
from gancheck.strategies.generator._hidden import (
    Inputs,
    Shape,
    Treated,
    dry_calls,
    hidden_activations,
    is_layer,
    rewire,
    untouched,
)

REASON = "with a sequence of hidden layers of equal width, whose activations are modules"


@strategy("skip-connections", family="generator", paper="He et al., CVPR 2016")
@dataclass(frozen=True)
class SkipConnections(Strategy):
    """Let every hidden layer that is as wide as the one before give h + activation(W h)."""

    player: Treated = "both"  #: whose layers they are

    def supports(self, gan: Gan, data: DataSpec) -> str | None:
        return untouched(gan, data, self.player, REASON, lambda *network: has_skips(with_skips(*network)))

    def prepare(self, players: Players, info: BuildInfo) -> Players:
        return rewire(players, self.player, info.seen, self.bypassed)

    def bypassed(self, network: nn.Module, inputs: Inputs, role: Role) -> nn.Module:
        """The network with skip connections; BadParameter where there is no place for one."""
        if not has_skips(made := with_skips(network, inputs, role)):
            raise BadParameter(f"skip-connections needs a {role} {REASON}")
        return made


def has_skips(network: nn.Module) -> bool:
    """Whether there is a skip connection."""
    return any(isinstance(module, Residual) for module in network.modules())


def with_skips(network: nn.Module, inputs: Inputs, role: Role) -> nn.Module:
    """The network with a skip connection wherever there is a place for one."""
    points = hidden_points(network, inputs)

    def bypassed(module: nn.Module) -> nn.Module:
        if type(module) is not nn.Sequential:
            return module
        made = bypass(module, points)
        if module in points:
            points[made] = points[module]
        return made

    return exchange(network, bypassed)


def hidden_points(network: nn.Module, inputs: Inputs) -> dict[nn.Module, Shape]:
    """The modules that give what a hidden activation gives, and its shape."""
    hidden = hidden_activations(network, inputs)
    return {call.module: call.shape for call in dry_calls(network, inputs) if last_part(call.module) in hidden}


def last_part(module: nn.Module) -> nn.Module:
    """Where a sequence ends."""
    while isinstance(module, nn.Sequential) and len(module):
        module = module[-1]
    return module


def bypass(sequence: nn.Sequential, points: dict[nn.Module, Shape]) -> nn.Sequential:
    """The sequence with a skip connection around every stretch between two points of equal shape."""
    parts: list[nn.Module] = []
    stretch: list[nn.Module] = []
    before: Shape | None = None
    for part in sequence:
        stretch.append(part)
        if part in points:
            equal = points[part] == before and any(is_layer(m) for p in stretch for m in p.modules())
            parts += [Residual(*stretch)] if equal else stretch
            before, stretch = points[part], []
    return nn.Sequential(*parts, *stretch)


class Residual(nn.Module):
    """x -> x + body(x)."""

    def __init__(self, *body: nn.Module) -> None:
        super().__init__()
        self.body = nn.Sequential(*body)

    def forward(self, x: Tensor) -> Tensor:
        answer: Tensor = x + self.body(x)
        return answer
