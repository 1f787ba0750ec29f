"""Eight Gaussians on a ring, of which everything is known: what is drawn, and what a generator makes of it."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from benchmarks.detectors.programs.base import Outcome

MODES = 8
DEVIATION = 0.2


def centres() -> Tensor:
    """(8, 2)."""
    angles = 2 * math.pi * torch.arange(MODES) / MODES
    return torch.stack([angles.cos(), angles.sin()], dim=1) * 1.5


def draw(count: int, stream: torch.Generator, shares: Tensor | None = None) -> Tensor:
    """(count, 2) points."""
    weights = torch.ones(MODES) if shares is None else shares
    modes = torch.multinomial(weights, count, replacement=True, generator=stream)
    return centres()[modes] + DEVIATION * torch.randn(count, 2, generator=stream)


def mode_of(samples: Tensor) -> Tensor:
    """The nearest mode of each."""
    return torch.cdist(samples, centres()).argmin(dim=1)


def quality(samples: Tensor, trained_on: Tensor, shares: Tensor | None = None) -> Outcome:
    """Wrong shares of the modes and of nothing, wrong width inside them, and repeats of training or of each other."""
    if not samples.isfinite().all():
        return dict.fromkeys(("shares", "width", "copies"), math.nan)
    distance = torch.cdist(samples, centres())
    nearest, mode = distance.min(dim=1)
    good = nearest < 3 * DEVIATION
    wanted = torch.ones(MODES) / MODES if shares is None else shares / shares.sum()
    found = torch.bincount(mode[good], minlength=MODES) / len(samples)
    wrong = float((found - wanted).abs().sum() + (~good).float().mean()) / 2
    return {"shares": wrong, "width": width_error(samples, mode, good), "copies": copies(samples, trained_on)}


def width_error(samples: Tensor, mode: Tensor, good: Tensor) -> float:
    """How far, in logarithms, the deviation of good samples around their mode's own mean is from the true one."""
    if good.sum() < 2:
        return math.nan
    residues = [part - part.mean(0) for m in range(MODES) if len(part := samples[good & (mode == m)]) > 1]
    if not residues:
        return math.nan
    deviation = float(torch.cat(residues).square().mean().sqrt())
    return abs(math.log(max(deviation, 1e-6) / DEVIATION))


def copies(samples: Tensor, trained_on: Tensor) -> float:
    """Share of samples that lie nearer to a training point, or to another sample, than 1 in 100 of a deviation."""
    limit = DEVIATION / 100
    near_training = torch.cdist(samples, trained_on).min(dim=1).values < limit
    among = torch.cdist(samples, samples).fill_diagonal_(math.inf).min(dim=1).values < limit / 10
    return float((near_training | among).float().mean())
