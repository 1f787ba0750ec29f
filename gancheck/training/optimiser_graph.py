"""The steps of `torch.optim` as tensor operations, for a step that is one graph: no Python number changes in it."""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor

from gancheck.gans.settings import Optimiser
from gancheck.gans.state import Params

ALPHA = 0.99  #: RMSprop's decay rate, torch's default


class StepSize(NamedTuple):
    """What one step of one player's optimiser needs beside gradients and moments, as scalar tensors."""

    rate: Tensor  #: learning rate
    steps: Tensor  #: steps before this one
    size: Tensor  #: Adam's: the rate over the first correction
    root: Tensor  #: Adam's: the root of the second correction

    @classmethod
    def after(cls, settings: Optimiser, rate: Tensor, count: Tensor) -> StepSize:
        """The same for a count that is itself a tensor, in float64: near 1, float32 would lose the corrections."""
        low, high = settings.betas
        step, double = count.double() + 1, rate.double()
        size, root = double / (1 - low**step), (1 - high**step).sqrt()
        return cls(rate, count, size.to(rate.dtype), root.to(rate.dtype))


def step_numbers(settings: Optimiser, rate: float, count: int) -> tuple[float, float, float, float]:
    """The numbers of a `StepSize`, in double precision as torch computes them."""
    low, high = settings.betas
    return rate, float(count), rate / (1 - low ** (count + 1)), math.sqrt(1 - high ** (count + 1))


class Moments(NamedTuple):
    """What an optimiser carries along for one player, by parameter name; zeros before the first step."""

    first: Params  #: Adam's mean of gradients, or momentum; empty where nothing of the kind is kept
    second: Params  #: mean of squared gradients; empty for SGD


def first_moments(settings: Optimiser, weights: Params) -> Moments:
    """The moments before the first step, as far as the optimiser keeps them."""
    first = {name: torch.zeros_like(tensor) for name, tensor in weights.items()}
    second = {name: torch.zeros_like(tensor) for name, tensor in weights.items()}
    keeps_first = "adam" in settings.name or momentum_of(settings) != 0
    return Moments(first if keeps_first else {}, second if settings.name != "sgd" else {})


def momentum_of(settings: Optimiser) -> float:
    """Momentum of SGD or RMSprop."""
    if settings.momentum is not None:
        return settings.momentum
    return settings.betas[0] if settings.name == "sgd" else 0.0


def decay_of(settings: Optimiser) -> float:
    """Weight decay; AdamW has some unless told."""
    if settings.weight_decay is not None:
        return settings.weight_decay
    return 0.01 if settings.name == "adamw" else 0.0


def step_weights(
    settings: Optimiser, weights: Params, gradients: Params, moments: Moments, now: StepSize
) -> tuple[Params, Moments]:
    """One step of a player: its weights and moments afterwards."""
    rule = {"sgd": step_sgd, "rmsprop": step_rmsprop}.get(settings.name, step_adam)
    moved: Params = {}
    after = Moments({}, {})
    for name, weight in weights.items():
        first, second = moments.first.get(name), moments.second.get(name)
        moved[name], first, second = rule(settings, weight, gradients[name], first, second, now)
        for kept, value in zip(after, (first, second), strict=True):
            if value is not None:
                kept[name] = value
    return moved, after


Stepped = tuple[Tensor, Tensor | None, Tensor | None]  #: weight, first and second moment


def step_adam(
    settings: Optimiser, weight: Tensor, slope: Tensor, first: Tensor | None, second: Tensor | None, now: StepSize
) -> Stepped:
    """Adam and AdamW (Kingma and Ba, 2015; Loshchilov and Hutter, 2019)."""
    assert first is not None
    assert second is not None
    low, high = settings.betas
    if decay := decay_of(settings):
        if settings.name == "adamw":
            weight = weight - now.rate * decay * weight
        else:
            slope = slope + decay * weight
    first = torch.lerp(first, slope, 1 - low)
    second = high * second + (1 - high) * slope * slope
    beside = 1e-8 if settings.eps is None else settings.eps
    return weight - now.size * first / (second.sqrt() / now.root + beside), first, second


def step_sgd(
    settings: Optimiser, weight: Tensor, slope: Tensor, first: Tensor | None, second: Tensor | None, now: StepSize
) -> Stepped:
    """Gradient descent with momentum."""
    slope = slope + decay * weight if (decay := decay_of(settings)) else slope
    if first is not None:
        slope = first = momentum_of(settings) * first + slope
    return weight - now.rate * slope, first, second


def step_rmsprop(
    settings: Optimiser, weight: Tensor, slope: Tensor, first: Tensor | None, second: Tensor | None, now: StepSize
) -> Stepped:
    """RMSprop (Hinton, 2012), as torch has it."""
    assert second is not None
    slope = slope + decay * weight if (decay := decay_of(settings)) else slope
    second = ALPHA * second + (1 - ALPHA) * slope * slope
    move = slope / (second.sqrt() + (1e-8 if settings.eps is None else settings.eps))
    if first is not None:
        move = first = momentum_of(settings) * first + move
    return weight - now.rate * move, first, second
