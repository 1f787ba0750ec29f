"""Denoising diffusion: a perceptron on points, a small U-Net on images.

Ho, Jain & Abbeel, "Denoising diffusion probabilistic models", NeurIPS 2020: 1,000 levels of noise, linear betas, the
network predicts the noise. Samples take fewer steps, by Song, Meng & Ermon, "Denoising diffusion implicit models", ICLR
2021: with eta = 0 the start alone is random, with eta = 1 every step is, as in Ho et al. All noise is the latent's.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

import gancheck as gc

LEVELS = 1_000
EMBEDDING = 64  #: numbers that tell a network the level


def noise_schedule() -> Tensor:
    """(LEVELS,) float32: share of the data's variance that is left at every level, the paper's alpha-bar."""
    return (1 - torch.linspace(1e-4, 0.02, LEVELS, dtype=torch.float64)).cumprod(0).float()


def sampling_levels(steps: int) -> list[int]:
    """The levels that a sampler visits, falling to 0; denser towards 0, as squares are."""
    return sorted({round((LEVELS - 1) * (i / (steps - 1)) ** 2) for i in range(steps)}, reverse=True)


def embed(level: Tensor) -> Tensor:
    """(n,) levels -> (n, EMBEDDING) sines and cosines."""
    rates = torch.exp(-math.log(1e4) * torch.arange(EMBEDDING // 2, device=level.device) / (EMBEDDING // 2))
    angles = level[:, None] * rates
    return torch.cat([angles.sin(), angles.cos()], 1)


class Perceptron(nn.Module):
    """Predicts the noise in points (n, d)."""

    def __init__(self, size: int, width: int) -> None:
        super().__init__()
        self.enter = nn.Linear(size, width)
        self.level = nn.Linear(EMBEDDING, width)
        self.layers = nn.ModuleList(nn.Linear(width, width) for _ in range(3))
        self.leave = nn.Linear(width, size)

    def forward(self, x: Tensor, level: Tensor) -> Tensor:
        """The noise (n, d)."""
        h, told = self.enter(x), self.level(embed(level))
        for layer in self.layers:
            h = h + layer(functional.silu(h + told))
        noise: Tensor = self.leave(functional.silu(h))
        return noise


class Block(nn.Module):
    """Two convolutions, told the level, around which the input is added."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.first, self.second = nn.Conv2d(inputs, outputs, 3, 1, 1), nn.Conv2d(outputs, outputs, 3, 1, 1)
        self.norms = nn.ModuleList([nn.GroupNorm(1, inputs), nn.GroupNorm(1, outputs)])
        self.level, self.around = nn.Linear(EMBEDDING, outputs), nn.Conv2d(inputs, outputs, 1)

    def forward(self, x: Tensor, told: Tensor) -> Tensor:
        """(n, inputs, side, side) -> (n, outputs, side, side)."""
        h = self.first(functional.silu(self.norms[0](x))) + self.level(told)[:, :, None, None]
        out: Tensor = self.around(x) + self.second(functional.silu(self.norms[1](h)))
        return out


class Unet(nn.Module):
    """Predicts the noise in images: two halvings of the side and back, with all that was seen on the way down."""

    def __init__(self, channels: int, width: int) -> None:
        super().__init__()
        wide = 2 * width
        self.enter, self.leave = nn.Conv2d(channels, width, 3, 1, 1), nn.Conv2d(width, channels, 3, 1, 1)
        self.down = nn.ModuleList([Block(width, width), Block(width, wide)])
        self.middle = Block(wide, wide)
        self.up = nn.ModuleList([Block(2 * wide, width), Block(2 * width, width)])

    def forward(self, x: Tensor, level: Tensor) -> Tensor:
        """The noise, in the images' shape."""
        told, h, seen = embed(level), self.enter(x), []
        for block in self.down:
            h = block(h, told)
            seen.append(h)
            h = functional.avg_pool2d(h, 2)
        h = self.middle(h, told)
        for block in self.up:
            h = functional.interpolate(h, scale_factor=2.0, mode="nearest")
            h = block(torch.cat([h, seen.pop()], 1), told)
        noise: Tensor = self.leave(h)
        return noise


class Diffusion(nn.Module):
    """The sampler, with the network whose weights are a running mean of the trained one's."""

    left: Tensor
    centre: Tensor
    scale: Tensor

    def __init__(self, network: nn.Module, data: gc.DataSpec, steps: int, eta: float) -> None:
        super().__init__()
        self.network, self.data, self.levels, self.eta = network, data, sampling_levels(steps), eta
        self.register_buffer("left", noise_schedule())
        self.register_buffer("centre", torch.zeros(()))
        self.register_buffer("scale", torch.ones(()))

    @property
    def draws(self) -> int:
        """How many times as many random numbers as a sample has are drawn for one."""
        return len(self.levels) if self.eta else 1

    def standardise(self, x: Tensor) -> None:
        """Take centre and scale from training samples."""
        self.centre.copy_(x.mean())
        self.scale.copy_(x.std())

    def add_noise(self, x: Tensor, noise: Tensor, level: Tensor) -> Tensor:
        """Samples (n, *shape), standardised and noisy by the level (n,) of each."""
        left = self.left[level].reshape(-1, *(1 for _ in x.shape[1:]))
        return left.sqrt() * (x - self.centre) / self.scale + (1 - left).sqrt() * noise

    def forward(self, z: Tensor) -> Tensor:
        """z (n, draws * size) from N(0, I) -> (n, *shape)."""
        start, *more = z.reshape(len(z), self.draws, *self.data.shape).unbind(1)
        x = start
        for i, level in enumerate(self.levels):
            clean, noise = self.denoise(x, level)
            if i + 1 == len(self.levels):
                return clean
            left, before = self.left[level], self.left[self.levels[i + 1]]
            fresh = self.eta * ((1 - before) / (1 - left) * (1 - left / before)).sqrt()
            x = before.sqrt() * self.standardised(clean) + (1 - before - fresh**2).clamp_min(0).sqrt() * noise
            x = x + fresh * more[i] if more else x
        raise AssertionError("there is always a last level")

    def standardised(self, x: Tensor) -> Tensor:
        """Samples as the network sees them."""
        return (x - self.centre) / self.scale

    def denoise(self, x: Tensor, level: int) -> tuple[Tensor, Tensor]:
        """The clean samples that the network sees behind noisy ones, within the data's range, and their noise."""
        left = self.left[level]
        noise = self.network(x, torch.full((len(x),), level, device=x.device))
        clean = self.centre + self.scale * (x - (1 - left).sqrt() * noise) / left.sqrt()
        clean = clean.clamp(self.data.low, self.data.high)
        return clean, (x - left.sqrt() * self.standardised(clean)) / (1 - left).sqrt()


@gc.gan("ddpm")
@dataclass(frozen=True)
class Ddpm(gc.Model):
    """No GAN: a denoising diffusion model, for points and for images of a side that 4 divides."""

    width: int = 128  #: units of the perceptron; of the U-Net an eighth as many channels, and twice that further in
    steps: int = 25  #: of sampling, of 1,000 levels of noise
    eta: float = 0.0  #: noise at every step of sampling: 0 none (DDIM), 1 as much as in Ho et al.
    batch: int = 128  #: training samples per step
    lr: float = 1e-3  #: Adam's learning rate
    ema: float = 0.995  #: of the weights that sample

    def __post_init__(self) -> None:
        if not 2 <= self.steps <= LEVELS:
            raise ValueError(f"steps = {self.steps} must lie between 2 and {LEVELS}")
        if not (0 <= self.eta <= 1 and 0 <= self.ema < 1):
            raise ValueError(f"eta = {self.eta} must lie in [0, 1], and ema = {self.ema} in [0, 1)")

    def build(self, data: gc.DataSpec) -> gc.Networks:
        if data.is_image and data.shape[1] % 4 == data.shape[2] % 4 == 0:
            networks: list[nn.Module] = [Unet(data.shape[0], max(self.width // 8, 1)) for _ in range(2)]
        elif len(data.shape) == 1:
            networks = [Perceptron(data.size, self.width) for _ in range(2)]
        else:
            raise ValueError(f"ddpm takes points and images of a side that 4 divides, not samples of {data.shape}")
        averaged, network = networks
        averaged.load_state_dict(network.state_dict())
        generator = Diffusion(averaged, data, self.steps, self.eta)
        return gc.Networks(generator, gc.Latent(generator.draws * data.size), {"network": network})

    def train(self, session: gc.Session) -> None:
        diffusion, network = session.modules["generator"], session.modules["network"]
        assert isinstance(diffusion, Diffusion)
        diffusion.standardise(session.real(1_000))
        optimiser = torch.optim.Adam(network.parameters(), self.lr)
        for step in session.steps():
            x = session.real(self.batch)
            level = torch.randint(LEVELS, (self.batch,), device=x.device)
            noise = torch.randn_like(x)
            loss = (network(diffusion.add_noise(x, noise, level), level) - noise).square().mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            self.average(diffusion.network, network, min(self.ema, step / (step + 10)))
            session.report(generator_loss=loss)

    @torch.no_grad()
    def average(self, mean: nn.Module, network: nn.Module, decay: float) -> None:
        """Move the running mean; it forgets faster at the start."""
        for kept, now in zip(mean.parameters(), network.parameters(), strict=True):
            kept.lerp_(now, 1 - decay)
