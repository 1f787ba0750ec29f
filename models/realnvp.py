"""Real NVP: an invertible network, trained on the exact likelihood.

Dinh, Sohl-Dickstein & Bengio, "Density estimation using Real NVP", ICLR 2017: affine couplings that take turns in which
coordinates they change. For points; without the paper's multi-scale images and batch normalisation.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

import gancheck as gc


class Coupling(nn.Module):
    """Scale and shift one half of the coordinates by what the other half says."""

    kept: Tensor

    def __init__(self, size: int, width: int, parity: int) -> None:
        super().__init__()
        self.register_buffer("kept", torch.arange(size) % 2 == parity)
        self.network = nn.Sequential(
            nn.Linear(size, width), nn.SiLU(), nn.Linear(width, width), nn.SiLU(), nn.Linear(width, 2 * size)
        )

    def scale_and_shift(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Log scales and shifts (n, size); both 0 where coordinates are kept, which alone they depend on."""
        log_scale, shift = self.network(x * self.kept).chunk(2, 1)
        return log_scale.tanh() * 2 * ~self.kept, shift * ~self.kept

    def forward(self, z: Tensor) -> Tensor:
        """Towards the data: (n, size) -> (n, size)."""
        log_scale, shift = self.scale_and_shift(z)
        return z * log_scale.exp() + shift

    def inverse(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Towards the latent, and the logarithm of the inverse's volume change (n,)."""
        log_scale, shift = self.scale_and_shift(x)
        return (x - shift) * (-log_scale).exp(), -log_scale.sum(1)


class Flow(nn.Module):
    """Couplings, and the data's centre and scale around them."""

    centre: Tensor
    scale: Tensor

    def __init__(self, size: int, width: int, couplings: int) -> None:
        super().__init__()
        self.couplings = nn.ModuleList(Coupling(size, width, i % 2) for i in range(couplings))
        self.register_buffer("centre", torch.zeros(size))
        self.register_buffer("scale", torch.ones(size))

    def standardise(self, x: Tensor) -> None:
        """Take centre and scale from training samples (n, size)."""
        self.centre.copy_(x.mean(0))
        self.scale.copy_(x.std(0).clamp_min(1e-6))

    def forward(self, z: Tensor) -> Tensor:
        """z ~ N(0, I) to samples, both (n, size)."""
        for coupling in self.couplings:
            z = coupling(z)
        return self.centre + self.scale * z

    def log_density(self, x: Tensor) -> Tensor:
        """(n,) natural logarithms of the density at x (n, size)."""
        z, change = (x - self.centre) / self.scale, -self.scale.log().sum()
        for coupling in reversed(self.couplings):
            assert isinstance(coupling, Coupling)
            z, more = coupling.inverse(z)
            change = change + more
        return change - z.square().sum(1) / 2 - z.shape[1] / 2 * math.log(2 * math.pi)


@gc.gan("realnvp")
@dataclass(frozen=True)
class RealNvp(gc.Model):
    """No GAN: an invertible network trained on the likelihood, for points of two or more dimensions."""

    couplings: int = 8  #: layers; each changes every second coordinate
    width: int = 64  #: units in the two hidden layers of a coupling's network
    batch: int = 256  #: training samples per step
    lr: float = 1e-3  #: Adam's learning rate

    def build(self, data: gc.DataSpec) -> gc.Networks:
        if len(data.shape) != 1 or data.size < 2:
            raise ValueError(f"realnvp takes points of two or more dimensions, not samples of shape {data.shape}")
        return gc.Networks(Flow(data.size, self.width, self.couplings), gc.Latent(data.size))

    def train(self, session: gc.Session) -> None:
        flow = session.modules["generator"]
        assert isinstance(flow, Flow)
        flow.standardise(session.real(1_000))
        optimiser = torch.optim.Adam(flow.parameters(), self.lr)
        for _ in session.steps():
            loss = -flow.log_density(session.real(self.batch)).mean()
            optimiser.zero_grad()
            torch.autograd.backward(loss)
            nn.utils.clip_grad_norm_(flow.parameters(), 10.0)
            optimiser.step()
            session.report(generator_loss=loss)
