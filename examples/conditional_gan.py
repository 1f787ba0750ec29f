"""A conditional GAN, scored class by class. Planted fault: labels are shuffled apart from their points, as happens when
two loaders shuffle on their own. The samples look right, but not like the class that was asked for.

    python examples/conditional_gan.py
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn.functional import one_hot, softplus

import gancheck as gc

CLASSES, STEPS, BATCH, LATENT = 4, 300, 128, 8


def ring(labels: Tensor) -> Tensor:
    angles = labels * math.tau / CLASSES
    return torch.stack([angles.cos(), angles.sin()], 1) + 0.1 * torch.randn(len(labels), 2)


class Conditional(nn.Module):
    """A perceptron that sees x beside the class, one-hot."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(inputs + CLASSES, 64), nn.LeakyReLU(0.2), nn.Linear(64, outputs))

    def forward(self, x: Tensor, labels: Tensor) -> Tensor:
        return self.layers(torch.cat([x, one_hot(labels, CLASSES)], 1))


def main() -> None:
    torch.manual_seed(0)
    g, d = Conditional(LATENT, 2), Conditional(2, 1)
    optimizers = [torch.optim.Adam(net.parameters(), lr=2e-3, betas=(0.5, 0.999)) for net in (g, d)]
    for _ in range(STEPS):
        labels = torch.randint(CLASSES, (BATCH,))
        x, labels = ring(labels), labels[torch.randperm(BATCH)]  # leave out the permutation, and classes come right
        fake = g(torch.randn(BATCH, LATENT), labels)
        optimizers[1].zero_grad()
        (softplus(-d(x, labels)) + softplus(d(fake.detach(), labels))).mean().backward()
        optimizers[1].step()
        optimizers[0].zero_grad()
        softplus(-d(fake, labels)).mean().backward()
        optimizers[0].step()
    asked, real = torch.randint(CLASSES, (2_000,)), torch.randint(CLASSES, (2_000,))
    samples = g(torch.randn(len(asked), LATENT), asked).detach()
    scores = gc.score(samples, sample_labels=asked, reference=ring(real), labels=real, metrics="class-adherence,fid")
    for found in scores.findings:
        print(f"{found.kind}: {found.text}")
    print(scores.per_class)


if __name__ == "__main__":
    main()
