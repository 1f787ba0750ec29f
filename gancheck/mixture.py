"""A mixture of round Gaussians of equal weight about given centres, each as wide as makes some data likely."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from gancheck.cloud import Cloud
from gancheck.nearest import across
from gancheck.neighbours import distances

STEPS = 50
RATE = 0.5
KEEP = 0.9, 0.999  #: of the gradient's mean and of its square's, from step to step
NARROW, WIDE = -40.0, 20.0  #: bounds of the logarithm of a variance
SHRUNK = 0.81  #: what squared distances to the background's centre are multiplied with
LEAST = 1e-3  #: squared distance added before the first logarithm


def widths(centres: Cloud, data: Cloud) -> Tensor:
    """(h,) logarithms of the variances about `centres` (h, d) under which `data` (m, d) is most likely.

    Found from what suits each centre's nearest sample. While fitting, one broad Gaussian more about the data's mean
    keeps far samples from dragging every width along. Holds m (h + 1) squared distances.
    """
    reach = across(centres, data, 1)[0][:, 0].square() + LEAST
    logs = torch.cat([(reach / data.dimension).log(), reach.new_zeros(1)])
    background = torch.cat([(x - data.mean).square().sum(1, keepdim=True) for _, x in data.blocks()]) * SHRUNK
    return descended(logs, torch.cat([squares(data, centres), background], 1), data)[:-1]


def descended(logs: Tensor, squared: Tensor, data: Cloud) -> Tensor:
    """(h + 1,) `logs` after STEPS steps of Adam over all of the data. Kingma & Ba, "Adam: a method for stochastic
    optimization", ICLR 2015."""
    first, second = torch.zeros_like(logs), torch.zeros_like(logs)
    for step in range(1, STEPS + 1):
        gradient = slope(squared, logs, data)
        first, second = first.lerp(gradient, 1 - KEEP[0]), second.lerp(gradient.square(), 1 - KEEP[1])
        size = (second / (1 - KEEP[1] ** step)).sqrt() + 1e-8
        logs = logs - RATE * first / (1 - KEEP[0] ** step) / size
        logs[:-1].clamp_(NARROW, WIDE)
    return logs


def slope(squared: Tensor, logs: Tensor, data: Cloud) -> Tensor:
    """(h + 1,) derivative by `logs` of the mean surprise per feature; the background comes last, with weight 1."""
    weights = torch.full_like(logs, -math.log(len(logs) - 1))
    weights[-1] = 0
    total = torch.zeros_like(logs)
    for block in torch.split(squared, max(1, data.chunk // (8 * len(logs)))):
        scaled = block / logs.exp()
        share = torch.softmax(weights - (scaled + data.dimension * logs) / 2, 1)
        total += ((data.dimension - scaled) * share).sum(0)
    return total / (2 * data.dimension * len(data))


def surprise(data: Cloud, centres: Cloud, logs: Tensor) -> Tensor:
    """Scalar: mean negative log-likelihood of `data` per feature under the mixture, in nats."""
    likely = squares(data, centres).div_(logs.exp()).add_(data.dimension * (logs + math.log(2 * math.pi))).div_(-2)
    return (math.log(len(centres)) - likely.logsumexp(1).mean()) / data.dimension


def squares(data: Cloud, centres: Cloud) -> Tensor:
    """(m, h) squared distances."""
    rows = [
        torch.cat([distances(x, y, centres.mean).square_() for _, y in centres.blocks()], 1) for _, x in data.blocks()
    ]
    return torch.cat(rows)
