"""Dropout inside networks, with masks that every seed draws from its own streams."""

from __future__ import annotations

from torch import Tensor, nn

from gancheck.errors import BadParameter
from gancheck.gans.exchange import exchange
from gancheck.gans.noise import noise

#: torch's modules, and how many of the last axes share a mask.
SHARED_AXES: dict[type[nn.Module], int] = {nn.Dropout: 0, nn.Dropout1d: 1, nn.Dropout2d: 2, nn.Dropout3d: 3}


class Dropout(nn.Module):
    """Dropout whose masks come from `noise`, so that seeds are trained together; training takes it for torch's.

    A mask holds for the last `shared` axes: 0 drops numbers, as `nn.Dropout` does, 2 whole channels of an image, as
    `nn.Dropout2d` does.
    """

    def __init__(self, p: float = 0.5, shared: int = 0) -> None:
        super().__init__()
        if not 0 <= p < 1:
            raise BadParameter(f"dropout of p = {p}: must lie in [0, 1)")
        self.p, self.shared = p, shared

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or self.p == 0:
            return x
        own = x.dim() - self.shared
        mask = noise("uniform", (*x.shape[:own], *[1] * self.shared), "dropout") >= self.p
        return x * mask.to(x.device) / (1 - self.p)

    def extra_repr(self) -> str:
        return f"p={self.p}, shared={self.shared}"


def exchange_dropout(network: nn.Module) -> nn.Module:
    """The network with torch's dropout, which draws where seeds cannot be trained together, exchanged for this one."""
    return exchange(network, own_dropout)


def own_dropout(module: nn.Module) -> nn.Module:
    """A module of torch's that drops as one of this kind; any other as it is."""
    shared = SHARED_AXES.get(type(module))
    if shared is None:
        return module
    return Dropout(float(module.p), shared).train(module.training)  # type: ignore[arg-type]
