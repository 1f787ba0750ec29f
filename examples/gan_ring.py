"""A GAN of eight points on a ring, in a plain loop. Planted fault: momentum and a generator that learns too fast, so it
collapses.

    python examples/gan_ring.py
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

import gancheck as gc

STEPS, BATCH = 400, 64
BETA, RATE = 0.9, 2e-2  # 0.5 and 1e-3 work better


def ring(n: int) -> Tensor:
    angles = torch.randint(0, 8, (n,)) * math.tau / 8
    return torch.stack([angles.cos(), angles.sin()], 1) + 0.05 * torch.randn(n, 2)


def network(inputs: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(nn.Linear(inputs, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, outputs))


def main() -> None:
    torch.manual_seed(0)
    g, d = network(8, 2), network(2, 1)
    g_optimizer = torch.optim.Adam(g.parameters(), lr=RATE, betas=(BETA, 0.999))
    d_optimizer = torch.optim.Adam(d.parameters(), lr=1e-3, betas=(BETA, 0.999))
    monitor = gc.watch(generator=g, discriminator=d, optimizers=[g_optimizer, d_optimizer], reference=ring(1_000))
    for step in range(1, STEPS + 1):
        fake, real = g(torch.randn(BATCH, 8)), ring(BATCH)
        d_real, d_fake = d(real), d(fake.detach())
        d_loss = (softplus(-d_real) + softplus(d_fake)).mean()
        d_optimizer.zero_grad()
        d_loss.backward()
        d_optimizer.step()
        g_loss = softplus(-d(fake)).mean()
        g_optimizer.zero_grad()
        g_loss.backward()
        g_optimizer.step()
        if step % 10 == 0:
            monitor.log(d_real=d_real, d_fake=d_fake, samples=g(torch.randn(256, 8)))
        monitor.step(generator_loss=g_loss, discriminator_loss=d_loss)
    monitor.close()
    print(monitor.report())


if __name__ == "__main__":
    main()
