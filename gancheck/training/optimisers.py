"""`torch.optim` on stacked weights: the updates are elementwise, so one optimiser serves all replicates."""

from __future__ import annotations

from typing import Any

import torch

from gancheck.gans.settings import Optimiser
from gancheck.gans.state import Params


def build_optimiser(settings: Optimiser, weights: Params) -> torch.optim.Optimizer:
    """The optimiser of one player."""
    tensors = list(weights.values())
    told = {"weight_decay": settings.weight_decay, "eps": settings.eps, "momentum": settings.momentum}
    common: dict[str, Any] = {"lr": settings.lr, **{name: value for name, value in told.items() if value is not None}}
    if settings.name == "sgd":
        return torch.optim.SGD(tensors, foreach=True, **{"momentum": settings.betas[0], **common})
    if settings.name == "rmsprop":
        return torch.optim.RMSprop(tensors, foreach=True, **common)
    adam = torch.optim.AdamW if settings.name == "adamw" else torch.optim.Adam
    return adam(tensors, betas=settings.betas, fused=True, **common)


def adam_moments(optimiser: torch.optim.Optimizer, weights: Params) -> dict[str, Params]:
    """Adam's running means and step count (replicates,) by parameter name, zeros before the first step, and where the
    optimiser is another."""
    first: Params = {}
    second: Params = {}
    count: Params = {}
    for name, tensor in weights.items():
        held = optimiser.state.get(tensor, {}) if isinstance(optimiser, torch.optim.Adam) else {}
        first[name] = held.get("exp_avg", torch.zeros_like(tensor))
        second[name] = held.get("exp_avg_sq", torch.zeros_like(tensor))
        count[name] = held.get("step", torch.zeros((), device=tensor.device)).expand(len(tensor))
    return {"first": first, "second": second, "count": count}


def set_adam_moments(optimiser: torch.optim.Optimizer, weights: Params, moments: dict[str, Params]) -> None:
    """Let Adam step from these running means and step counts (replicates,), which are the same for all replicates."""
    for name, tensor in weights.items():
        first, second = (torch.empty_like(tensor).copy_(moments[kind][name]) for kind in ("first", "second"))
        optimiser.state[tensor].update(step=moments["count"][name][0].clone(), exp_avg=first, exp_avg_sq=second)


def apply_gradients(optimiser: torch.optim.Optimizer, weights: Params, gradients: Params, rate: float) -> None:
    """Move the weights in place."""
    for name, tensor in weights.items():
        tensor.grad = gradients[name].contiguous()  # torch's fused Adam reads memory in order, whatever the strides
    for group in optimiser.param_groups:
        group["lr"] = rate
    optimiser.step()
