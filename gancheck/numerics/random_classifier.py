"""A small classifier that needs no training loop: one hidden layer of random units, and least squares on top.

Rahimi & Recht, "Weighted sums of random kitchen sinks", NeurIPS 2008.
"""

from __future__ import annotations

import torch
from torch import Tensor

from gancheck.numerics.seeding import generator, permutation

UNITS = 128
RIDGE = 1e-3  #: added to the squares of the hidden units, a row


def fresh_accuracy(a: Tensor, b: Tensor) -> float:
    """Share of rows of a and b (n, d) that a classifier fitted to the other half tells apart; 1/2 where none can."""
    n = min(len(a), len(b))
    x = torch.cat([rows[permutation(n, rows.device, "fresh", side)] for side, rows in enumerate((a[:n], b[:n]))])
    answer = torch.cat([torch.ones(n), -torch.ones(n)]).double().to(x.device)
    first = torch.arange(2 * n, device=x.device) % n < n // 2
    return sum(accuracy(x, answer, fitted) for fitted in (first, ~first)) / 2


def accuracy(x: Tensor, answer: Tensor, fitted: Tensor) -> float:
    """Share of the other rows that a classifier of the `fitted` rows (bool) gets right."""
    hidden = random_units(x.double(), fitted)
    own = hidden[fitted]
    squares = own.T @ own / len(own) + RIDGE * torch.eye(own.shape[1], dtype=own.dtype, device=own.device)
    weights = torch.linalg.solve(squares, own.T @ answer[fitted] / len(own))
    return float(((hidden[~fitted] @ weights).sign() * answer[~fitted] > 0).double().mean())


def random_units(x: Tensor, fitted: Tensor) -> Tensor:
    """(n, units + d + 1): random rectified units of standardised features, the features, and a constant."""
    deviation = x[fitted].std(0)
    x = (x - x[fitted].mean(0)) / torch.where(deviation > 0, deviation, 1.0)
    x = x.clamp(-10, 10)
    source = generator("cpu", "fresh", "units", x.shape[1])
    weights = torch.randn(x.shape[1], UNITS, generator=source, dtype=torch.float64).to(x.device) / x.shape[1] ** 0.5
    offsets = torch.randn(UNITS, generator=source, dtype=torch.float64).to(x.device)
    return torch.cat([(x @ weights + offsets).relu(), x, torch.ones_like(x[:, :1])], 1)
