"""A small diffusion model (DDPM) of points on a ring."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from benchmarks.detectors.programs.base import Outcome, Program
from benchmarks.detectors.programs.classifier import stack
from benchmarks.detectors.programs.mixture import draw, mode_of, quality
from benchmarks.detectors.programs.training import Shape, Training, adam

TIMES = 30
SAMPLES = 256


class Denoiser(nn.Module):
    """Foretells the noise in a point; `scale` multiplies the noise that is added in training."""

    kept: Tensor
    scale: Tensor

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.register_buffer("scale", torch.ones(()))
        self.net = stack([2 + TIMES, *[shape.width] * shape.depth, 2], nn.ReLU)
        rates = torch.linspace(0.005, 0.3, TIMES)
        self.register_buffer("rates", rates)
        self.register_buffer("kept", (1 - rates).cumprod(0))

    def forward(self, x: Tensor, time: Tensor) -> Tensor:
        """Noise in points (n, 2) at times (n,)."""
        found: Tensor = self.net(torch.cat([x, nn.functional.one_hot(time, TIMES).float()], dim=1))
        return found


def denoising(model: nn.Module, x: Tensor, y: Tensor) -> Tensor:
    """The simple loss of Ho et al., 2020."""
    assert isinstance(model, Denoiser)
    time, noise = torch.randint(TIMES, (len(x),)), torch.randn_like(x)
    kept = model.kept[time].unsqueeze(1)
    noisy = kept.sqrt() * x + (1 - kept).sqrt() * noise * model.scale
    found: Tensor = (model(noisy, time) - noise).square().mean()
    return found


def sampled(model: nn.Module) -> Tensor:
    """Points from noise, step by step."""
    assert isinstance(model, Denoiser)
    x = torch.randn(SAMPLES, 2)
    for t in reversed(range(TIMES)):
        rate, kept = float(model.get_buffer("rates")[t]), float(model.kept[t])
        mean = (x - rate / (1 - kept) ** 0.5 * model(x, torch.full((SAMPLES,), t))) / (1 - rate) ** 0.5
        left = (1 - float(model.kept[t - 1])) / (1 - kept) if t else 0.0
        x = mean + (rate * left) ** 0.5 * torch.randn_like(x)
    return x


def setup(seed: int) -> Training:
    """Adam; samples are logged with the held-out loss."""
    points = torch.split(draw(3 * 1_000, torch.Generator().manual_seed(1)), 1_000)
    train, held_out, test = ((part, torch.zeros(len(part))) for part in points)

    def measured(samples: Tensor) -> Outcome:
        return quality(samples, train[0])

    training = Training(seed, Denoiser, Shape(64, 3), train, held_out, test, denoising, rate=5e-3, steps=800, batch=128)
    training.optimiser, training.samples, training.quality = adam, sampled, measured
    training.reference, training.mode_of = held_out[0], mode_of
    return training


PROGRAM = Program("diffusion", frozenset({"loss", "float", "relu", "diffusion", "samples"}), setup)
