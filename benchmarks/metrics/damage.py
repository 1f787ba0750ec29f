"""Ways of damaging real data by a known amount. Each takes real samples and gives as many damaged ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import conv2d, pad

from gancheck.datasets.base import Dataset, Pool
from gancheck.datasets.mixtures.base import Mixture
from gancheck.numerics.seeding import generator


class Source(NamedTuple):
    """Real data to damage: a dataset, real samples with the mode of each, and training samples to copy."""

    dataset: Dataset
    x: Tensor  #: (m, *shape), many more than are asked for
    mode: Tensor  #: (m,) int64
    train: Tensor  #: (t, *shape)

    @classmethod
    def of(
        cls, dataset: Dataset, count: int, train: int, seed: int, pool: Pool = "reference", repeats: bool = True
    ) -> Source:
        """Real samples of a seed's own, and a training set that is the same for every seed.

        Finite data repeats itself, or gives all that it has: samples from outside are held against it without repeats.
        """
        draw = dataset.pool if repeats else dataset.distinct
        x = draw(pool, count, generator("cpu", "damage", seed))
        mode = dataset.assign(dataset.features(x)).label
        own = dataset.training()
        fixed = own if own is not None else dataset.draw(train, generator("cpu", "damage", "train")).x
        return cls(dataset, x, mode, fixed)


Damage = Callable[[Source, int, float, torch.Generator], Tensor]


def drop(source: Source, n: int, share: float, g: torch.Generator) -> Tensor:
    """Without a share of the modes."""
    k = len(source.dataset.weights)
    gone = torch.randperm(k, generator=g)[: max(1, round(share * k))]
    return some(source.x[~torch.isin(source.mode, gone)], n, g)


def imbalance(source: Source, n: int, ratio: float, g: torch.Generator) -> Tensor:
    """Half of the modes `ratio` times as frequent as the other half."""
    k = len(source.dataset.weights)
    rare = torch.randperm(k, generator=g)[: k // 2]
    chance = torch.where(torch.isin(source.mode, rare), 1.0, ratio)
    return source.x[torch.multinomial(chance, n, replacement=n > len(chance) // 4, generator=g)]


def shrink(source: Source, n: int, width: float, g: torch.Generator) -> Tensor:
    """Modes `width` times as wide: points drawn to the centre, images cut to the share nearest their mode's centre."""
    if isinstance(source.dataset, Mixture):
        x = some(source.x, n, g)
        centre = source.dataset.centres.float()[source.dataset.assign(x).label]
        return centre + width * (x - centre)
    distance = source.dataset.assign(source.dataset.features(source.x)).distance
    keep = torch.cat(
        [nearest(source.mode == k, distance, width) for k in torch.bincount(source.mode).nonzero().flatten().tolist()]
    )
    return some(source.x[keep], n, g)


def nearest(inside: Tensor, distance: Tensor, share: float) -> Tensor:
    """Rows inside, the share of them nearest the centre."""
    rows = torch.nonzero(inside).flatten()
    return rows[distance[rows].argsort()[: max(1, round(share * len(rows)))]]


def blur(source: Source, n: int, strength: float, g: torch.Generator) -> Tensor:
    """Points with noise of `strength` standard deviations of a mode; images mixed with their local mean."""
    x = some(source.x, n, g)
    if isinstance(source.dataset, Mixture):
        noise = torch.randn(n, source.dataset.noise_dims, generator=g)
        x = x.clone()
        x[:, : source.dataset.noise_dims] += strength * source.dataset.sigma * noise
        return x
    channels = x.shape[1]
    kernel = torch.full((channels, 1, 3, 3), 1 / 9)
    smooth = conv2d(pad(x, (1, 1, 1, 1), mode="replicate"), kernel, groups=channels)
    return torch.lerp(x, smooth, min(1.0, strength))


def copy(source: Source, n: int, share: float, g: torch.Generator) -> Tensor:
    """A share of copied training samples among real ones."""
    x = some(source.x, n, g).clone()
    copied = torch.rand(n, generator=g) < share
    x[copied] = source.train[torch.randint(len(source.train), (int(copied.sum()),), generator=g)]
    return x


def repeat(source: Source, n: int, share: float, g: torch.Generator) -> Tensor:
    """A share of the samples are repeats of 1 % of them."""
    x = some(source.x, n, g).clone()
    repeated = torch.rand(n, generator=g) < share
    x[repeated] = x[torch.randint(max(1, n // 100), (int(repeated.sum()),), generator=g)]
    return x


def junk(source: Source, n: int, share: float, g: torch.Generator) -> Tensor:
    """A share of samples drawn evenly from the data's whole range, pixel by pixel or axis by axis."""
    x = some(source.x, n, g).clone()
    bad = torch.rand(n, generator=g) < share
    low, high = source.x.amin(0), source.x.amax(0)
    x[bad] = low + (high - low) * torch.rand(int(bad.sum()), *x.shape[1:], generator=g)
    return x


def points(source: Source, n: int, count: float, g: torch.Generator) -> Tensor:
    """Only so many different samples, over and over."""
    few = some(source.x, int(count), g)
    return few[torch.randint(len(few), (n,), generator=g)]


def nothing(source: Source, n: int, amount: float, g: torch.Generator) -> Tensor:
    """Real samples as they are."""
    return some(source.x, n, g)


def some(x: Tensor, n: int, g: torch.Generator) -> Tensor:
    """n rows, without repeats where there are enough."""
    if n <= len(x):
        return x[torch.randperm(len(x), generator=g)[:n]]
    return x[torch.randint(len(x), (n,), generator=g)]
