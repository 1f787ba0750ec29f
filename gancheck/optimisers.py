"""`torch.optim` on stacked weights: the updates are elementwise, so one optimiser serves all replicates."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from gancheck.settings import Optimiser
from gancheck.state import Params


def make(settings: Optimiser, weights: Params) -> torch.optim.Optimizer:
    """The optimiser of one player."""
    tensors = list(weights.values())
    common: dict[str, Any] = {"lr": settings.lr, "foreach": True}
    if settings.name == "sgd":
        return torch.optim.SGD(tensors, momentum=settings.betas[0], **common)
    if settings.name == "rmsprop":
        return torch.optim.RMSprop(tensors, **common)
    adam = torch.optim.AdamW if settings.name == "adamw" else torch.optim.Adam
    return adam(tensors, lr=settings.lr, betas=settings.betas, fused=True)


def moments(optimiser: torch.optim.Optimizer, weights: Params) -> dict[str, Params]:
    """Adam's running means and step count (replicates,) by parameter name, zeros before the first step."""
    first: Params = {}
    second: Params = {}
    count: Params = {}
    for name, tensor in weights.items():
        held = optimiser.state.get(tensor, {})
        first[name] = held.get("exp_avg", torch.zeros_like(tensor))
        second[name] = held.get("exp_avg_sq", torch.zeros_like(tensor))
        count[name] = held.get("step", torch.zeros((), device=tensor.device)).expand(len(tensor))
    return {"first": first, "second": second, "count": count}


def step(optimiser: torch.optim.Optimizer, weights: Params, gradients: Params, rate: float) -> None:
    """Move the weights in place."""
    for name, tensor in weights.items():
        tensor.grad = gradients[name].contiguous()  # torch's fused Adam reads memory in order, whatever the strides
    for group in optimiser.param_groups:
        group["lr"] = rate
    optimiser.step()


def foreseen(
    weights: Params, gradients: Params, moments: dict[str, Params], settings: Optimiser, rate: Tensor
) -> tuple[Params, dict[str, Params]]:
    """One differentiable Adam step for one replicate: the weights and moments that would follow."""
    low, high = settings.betas
    moved: Params = {}
    after: dict[str, Params] = {"first": {}, "second": {}, "count": {}}
    for name, weight in weights.items():
        slope = gradients[name]
        first = low * moments["first"][name] + (1 - low) * slope
        second = high * moments["second"][name] + (1 - high) * slope.square()
        count = moments["count"][name] + 1
        # the floor, far below Adam's own 1e-8, keeps the root's derivative finite where a gradient is exactly zero
        size = (second / (1 - high**count)).clamp_min(1e-30).sqrt() + 1e-8
        moved[name] = weight - rate * (first / (1 - low**count)) / size
        after["first"][name], after["second"][name], after["count"][name] = first, second, count
    return moved, after
