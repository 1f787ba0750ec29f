"""A number with its interval, for metrics where the number alone would mislead."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from scipy.special import ndtri
from torch import Tensor

LEVEL = 0.95  #: of every interval


@dataclass(frozen=True, eq=False)
class Estimate:
    """What a metric may give instead of a scalar: `float(estimate)` is the value."""

    value: Tensor  #: scalar
    low: Tensor  #: scalar, lower end of the 95 % interval
    high: Tensor  #: scalar, upper end

    def __float__(self) -> float:
        return float(self.value)


def of_share(hits: Tensor) -> Estimate:
    """Wilson interval of a share of independent samples; `hits` (n,) bool.

    Wilson, "Probable inference, the law of succession, and statistical inference", JASA 1927.
    """
    n, p, z = len(hits), hits.double().mean(), float(ndtri((1 + LEVEL) / 2))
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    reach = z / (1 + z * z / n) * (p * (1 - p) / n + z * z / (4 * n * n)).sqrt()
    return Estimate(p, torch.minimum(middle - reach, p).clamp_min(0), torch.maximum(middle + reach, p).clamp_max(1))


def of_mean(values: Tensor) -> Estimate:
    """Normal interval of the mean of independent samples' values (n,); no interval below two samples."""
    values = values.double()
    mean = values.mean()
    error = values.std() / math.sqrt(len(values)) if len(values) > 1 else torch.full_like(mean, torch.inf)
    return around(mean, error)


def around(value: Tensor, error: Tensor) -> Estimate:
    """Normal interval about `value` with standard error `error`, both scalars."""
    reach = float(ndtri((1 + LEVEL) / 2)) * error
    return Estimate(value, value - reach, value + reach)
