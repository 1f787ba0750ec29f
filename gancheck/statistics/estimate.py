"""A number with its interval, for metrics where the number alone would mislead."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from gancheck.statistics.intervals import Bounded, score_interval, z_score

LEVEL = 0.05  #: chance that an interval misses, both sides together


@dataclass(frozen=True, eq=False)
class Estimate:
    """What a metric may give instead of a scalar: `float(estimate)` is the value."""

    value: Tensor  #: scalar
    low: Tensor  #: scalar, lower end of the 95 % interval
    high: Tensor  #: scalar, upper end

    def __float__(self) -> float:
        return float(self.value)

    @property
    def bounded(self) -> Bounded:
        """Value and ends as plain numbers."""
        return Bounded(float(self.value), float(self.low), float(self.high))


def of_share(hits: Tensor, level: float = LEVEL) -> Estimate:
    """A share of independent samples, with Wilson's interval; `hits` (n,) bool."""
    return of_rate(hits.double().mean(), len(hits), level)


def of_rate(rate: Tensor, n: float, level: float = LEVEL) -> Estimate:
    """A rate (scalar in [0, 1]) from n samples, which may be an effective number, with Wilson's interval."""
    ends = score_interval(float(rate), n, 1 - level)
    return Estimate(*(torch.tensor(end, dtype=torch.float64, device=rate.device) for end in ends))


def of_mean(values: Tensor) -> Estimate:
    """Normal interval of the mean of independent samples' values (n,); no interval below two samples."""
    values = values.double()
    mean = values.mean()
    error = values.std() / math.sqrt(len(values)) if len(values) > 1 else torch.full_like(mean, torch.inf)
    return around(mean, error)


def around(value: Tensor, error: Tensor) -> Estimate:
    """Normal interval about `value` with standard error `error`, both scalars."""
    reach = z_score(LEVEL) * error
    return Estimate(value, value - reach, value + reach)
