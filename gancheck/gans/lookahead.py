"""A look ahead: the optimiser's own step, as a function that can be differentiated."""

from __future__ import annotations

from torch import Tensor

from gancheck.gans.settings import Optimiser
from gancheck.gans.state import Params


def adam(
    weights: Params, gradients: Params, moments: dict[str, Params], settings: Optimiser, rate: Tensor
) -> tuple[Params, dict[str, Params]]:
    """One differentiable Adam step for one replicate: the weights and moments that would follow."""
    low, high = settings.betas
    beside = 1e-8 if settings.eps is None else settings.eps
    moved: Params = {}
    after: dict[str, Params] = {"first": {}, "second": {}, "count": {}}
    for name, weight in weights.items():
        slope = gradients[name] + settings.weight_decay * weight if settings.weight_decay else gradients[name]
        first = low * moments["first"][name] + (1 - low) * slope
        second = high * moments["second"][name] + (1 - high) * slope.square()
        count = moments["count"][name] + 1
        # the floor, far below Adam's own 1e-8, keeps the root's derivative finite where a gradient is exactly zero
        size = (second / (1 - high**count)).clamp_min(1e-30).sqrt() + beside
        moved[name] = weight - rate * (first / (1 - low**count)) / size
        after["first"][name], after["second"][name], after["count"][name] = first, second, count
    return moved, after
