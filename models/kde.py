"""A kernel density estimate: training samples, each blurred by a Gaussian of one width.

Parzen, "On estimation of a probability density function and mode", Annals of Mathematical Statistics 1962. The width is
that under which every sample is likeliest by the others: Duin, "On the choice of smoothing parameters for Parzen
estimators of probability density functions", IEEE Transactions on Computers 1976; or Scott's rule, "Multivariate
density estimation", 1992, which is meant for one mode and blurs many into one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

import gancheck as gc

#: Widths that are tried, as shares of the data's standard deviation.
WIDTHS = [10 ** (i / 10 - 3) for i in range(31)]
ASKED = 500  #: of the points, whose likelihood says which width is best


class Kernels(nn.Module):
    """A Gaussian on every kept sample. They are noise until `fit`."""

    rows: Tensor
    used: Tensor
    width: Tensor

    def __init__(self, count: int, data: gc.DataSpec) -> None:
        super().__init__()
        self.low, self.high = data.low, data.high
        self.register_buffer("rows", torch.randn(count, *data.shape))
        self.register_buffer("used", torch.tensor(count))  # of the rows, where the data has fewer
        self.register_buffer("width", torch.tensor(1.0))

    def fit(self, batch: gc.Batch, rule: str, width: float) -> None:
        """Keep training samples, each row of a finite pool once, and choose the width where none is given."""
        index = batch.index.tolist()
        first = list({row if row >= 0 else ~place: place for place, row in enumerate(index)}.values())
        self.rows[: len(first)] = batch.x[first]
        self.used.fill_(len(first))
        points = self.points
        self.width.fill_(width or (scott if rule == "scott" else likeliest_width)(points))

    @property
    def points(self) -> Tensor:
        """(used, d) float64: the kept samples, flat."""
        return self.rows[: int(self.used)].flatten(1).double()

    def log_density(self, x: Tensor) -> Tensor:
        """(n,) natural logarithms of the density at x (n, *shape), before what leaves the data's range is cut."""
        points = self.points
        return log_mean_kernel(torch.cdist(x.flatten(1).double(), points).square(), float(self.width), points.shape[1])

    def forward(self, z: Tensor) -> Tensor:
        """(n, 1 + d) from N(0, I) -> (n, *shape): the first number says which sample, the others where around it."""
        place = (torch.special.ndtr(z[:, 0]) * self.used).long().minimum(self.used - 1)
        noise = z[:, 1:].reshape(-1, *self.rows.shape[1:])
        return (self.rows[place] + self.width * noise).clamp(self.low, self.high)


def log_mean_kernel(squares: Tensor, width: float, dims: int, count: int = 0) -> Tensor:
    """(n,) logarithms of the mean over m Gaussians of squared distances (n, m); `count` is m where it is not all."""
    total = torch.logsumexp(squares / (-2 * width**2), 1)
    return total - math.log(count or squares.shape[1]) - dims / 2 * math.log(2 * math.pi * width**2)


def likeliest_width(points: Tensor) -> float:
    """The width under which points (n, d), the first 500 of them, are likeliest, each by all the others."""
    squares = torch.cdist(points[:ASKED], points).square().fill_diagonal_(math.inf).float()
    scale, (n, dims) = float(points.std(0).square().mean().sqrt()), points.shape
    found = {w: float(log_mean_kernel(squares, w * scale, dims, n - 1).mean()) for w in WIDTHS}
    return max(found, key=lambda w: found[w]) * scale


def scott(points: Tensor) -> float:
    """n^(-1 / (d + 4)) of the standard deviation, a root mean square over dimensions."""
    n, dims = points.shape
    return float(points.std(0).square().mean().sqrt() * n ** (-1 / (dims + 4)))


@gc.gan("kde")
@dataclass(frozen=True)
class Kde(gc.Model):
    """No GAN: a kernel density estimate, training samples with Gaussian noise."""

    count: int = 2_000  #: draws of training data that carry a kernel; of a finite pool each row once
    rule: Literal["likelihood", "scott"] = "likelihood"  #: of the width: leave-one-out likelihood, or Scott's
    width: float = 0.0  #: standard deviation of the kernels; 0: by the rule

    def __post_init__(self) -> None:
        if self.count < 2 or self.width < 0:
            raise ValueError(f"count = {self.count} must be at least 2, and width = {self.width} not negative")

    def build(self, data: gc.DataSpec) -> gc.Networks:
        return gc.Networks(Kernels(self.count, data), gc.Latent(1 + data.size))

    def train(self, session: gc.Session) -> None:
        kernels = session.modules["generator"]
        assert isinstance(kernels, Kernels)
        for step in session.steps():
            if step == 0:
                kernels.fit(session.batch(self.count), self.rule, self.width)
