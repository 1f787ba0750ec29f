"""A small diffusion model of eight points on a ring, in a plain loop. Planted fault: half of the points never reach the
training, as if files had been forgotten. The loss looks fine; samples against real ones do not.

    python examples/diffusion_2d.py
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

import gancheck as gc

STEPS, LEVELS = 1_050, 20
BETAS = torch.linspace(1e-3, 0.4, LEVELS)
KEPT = torch.cumprod(1 - BETAS, 0)


def ring(n: int, modes: int = 8) -> Tensor:
    angles = torch.randint(0, modes, (n,)) * math.tau / 8
    return torch.stack([angles.cos(), angles.sin()], 1) + 0.05 * torch.randn(n, 2)


def predict(net: nn.Module, x: Tensor, level: Tensor) -> Tensor:
    time = level[:, None] * math.pi / LEVELS
    return net(torch.cat([x, time.sin(), time.cos()], 1))


@torch.no_grad()
def sample(net: nn.Module, n: int) -> Tensor:
    x = torch.randn(n, 2)
    for level in reversed(range(LEVELS)):
        noise = predict(net, x, torch.full((n,), level))
        x = (x - BETAS[level] / (1 - KEPT[level]).sqrt() * noise) / (1 - BETAS[level]).sqrt()
        x += BETAS[level].sqrt() * torch.randn(n, 2) * (level > 0)
    return x


def main() -> None:
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(4, 64), nn.SiLU(), nn.Linear(64, 64), nn.SiLU(), nn.Linear(64, 2))
    optimizer = torch.optim.Adam(net.parameters(), lr=2e-3)
    monitor = gc.watch(net, optimizer, every=10, reference=ring(1_000))
    for step in range(1, STEPS + 1):
        x, level, noise = ring(128, modes=4), torch.randint(0, LEVELS, (128,)), torch.randn(128, 2)  # modes=8 was meant
        kept = KEPT[level][:, None]
        loss = nn.functional.mse_loss(predict(net, kept.sqrt() * x + (1 - kept).sqrt() * noise, level), noise)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step % 20 == 0:
            monitor.log(samples=sample(net, 128))
        monitor.step(loss=loss)
    print(monitor.report())


if __name__ == "__main__":
    main()
