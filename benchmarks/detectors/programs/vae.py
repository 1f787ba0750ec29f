"""A variational autoencoder of digits."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from benchmarks.detectors.programs.base import Program
from benchmarks.detectors.programs.classifier import stack
from benchmarks.detectors.programs.digits import digits
from benchmarks.detectors.programs.training import Shape, Training, adam

LATENT = 4


class Autoencoder(nn.Module):
    """Pixels to the mean and log variance of a code, and back."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        hidden = [shape.width] * max(1, shape.depth - 1)
        self.encoder = stack([64, *hidden, 2 * LATENT], nn.ReLU)
        self.decoder = stack([LATENT, *hidden, 64], nn.ReLU)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Pixels again, with the mean and log variance of their code."""
        mean, log_variance = self.encoder(x).chunk(2, dim=-1)
        code = mean + torch.randn_like(mean) * torch.exp(log_variance / 2)
        return self.decoder(code), mean, log_variance


def evidence(model: nn.Module, x: Tensor, y: Tensor) -> Tensor:
    """The negative evidence bound, for Gaussian pixels of deviation 0.3, per image."""
    pixels, mean, log_variance = model(x)
    error = (pixels - x).square().sum(-1) / (2 * 0.3**2)
    divergence = (mean.square() + log_variance.exp() - 1 - log_variance).sum(-1) / 2
    found: Tensor = (error + divergence).mean()
    return found


def setup(seed: int) -> Training:
    """Adam."""
    train, held_out, test = digits()
    return Training(seed, Autoencoder, Shape(), train, held_out, test, evidence, rate=2e-3, steps=500, optimiser=adam)


PROGRAM = Program("vae", frozenset({"loss", "float", "relu"}), setup)
