"""What the metrics are, by plain definitions in 64-bit mantissas (`longdouble` on x86) or in whole numbers.

Slow and simple: no block, no shortcut, differences rather than products. Features of either type are taken as the
exact numbers that they are.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
from torch import Tensor

from benchmarks.metrics.parity.solvers import Long, cheapest, singular_values
from gancheck.metrics.swd import directions


def long(x: Tensor) -> Long:
    """The same numbers, with more digits behind them."""
    return x.double().numpy().astype(np.longdouble)


@cache
def squares(x: Tensor, y: Tensor) -> Long:
    """(n, m) squared distances."""
    others = long(y)
    return np.stack([((row - others) ** 2).sum(1) for row in long(x)])


def centred(x: Tensor) -> Long:
    """Rows less their mean, over the root of n - 1."""
    rows = long(x)
    return np.asarray((rows - rows.mean(0)) / np.sqrt(np.longdouble(len(rows) - 1)))


def entropy(p: Long) -> Any:
    """In nats, 0 ln 0 = 0."""
    p = p[p > 0]
    return -(p * np.log(p)).sum()


def fid(x: Tensor, y: Tensor) -> Any:
    """Through the singular values of the product of the centred rows, which are the roots that the trace sums."""
    a, b = centred(x), centred(y)
    gap = long(x).mean(0) - long(y).mean(0)
    return (gap**2).sum() + (a**2).sum() + (b**2).sum() - 2 * singular_values(a @ b.T).sum()


def whole(x: Tensor, y: Tensor) -> tuple[Any, Any, int]:
    """Both as arrays of Python's whole numbers, to be divided by one power of two: its exponent."""
    parts = [np.frexp(z.double().numpy()) for z in (x, y)]
    down = 53 - min(int(exponent[mantissa != 0].min()) for mantissa, exponent in parts)

    def number(mantissa: float, exponent: int) -> int:
        return int(mantissa * 2**53) << max(0, exponent - 53 + down) if mantissa else 0

    return *(np.vectorize(number, otypes=[object])(*part) for part in parts), down


def cubes(x: Tensor, y: Tensor) -> tuple[Any, Any, Any, int]:
    """Kernels within x, within y and across in whole numbers, and what to divide them by."""
    a, b, down = whole(x, y)
    unit = x.shape[1] << (2 * down)
    xx, yy, xy = ((u @ v.T + unit) ** 3 for u, v in ((a, a), (b, b), (a, b)))
    return xx, yy, xy, unit**3


def unbiased(xx: Any, yy: Any, xy: Any) -> Fraction:
    """Squared discrepancy of whole kernel matrices, without any rounding."""
    own = [Fraction(int(k.sum() - k.trace()), len(k) * (len(k) - 1)) for k in (xx, yy)]
    return own[0] + own[1] - Fraction(2 * int(xy.sum()), xy.size)


def kid(x: Tensor, y: Tensor) -> float:
    """In whole numbers, without any rounding but the last."""
    *kernels, unit = cubes(x, y)
    return float(unbiased(*kernels) / unit)


def kid_of_subsets(x: Tensor, y: Tensor) -> float:
    """Mean over 100 pairs of random halves, drawn as torch-fidelity draws them."""
    xx, yy, xy, unit = cubes(x, y)
    source, size = np.random.RandomState(0), len(x) // 2
    total = Fraction(0)
    for _ in range(100):
        i, j = (source.choice(len(z), size, replace=False) for z in (x, y))
        total += unbiased(xx[np.ix_(i, i)], yy[np.ix_(j, j)], xy[np.ix_(i, j)])
    return float(total / 100 / unit)


def kernel_means(kernel: Callable[[Long], Long], x: Tensor, y: Tensor) -> tuple[Any, Any, Any]:
    """Mean of a kernel of the squared distance over pairs of x, pairs of y, and across."""
    xx, yy, xy = (kernel(squares(*pair)) for pair in ((x, x), (y, y), (x, y)))
    own = [(k.sum() - k.trace()) / (len(k) * (len(k) - 1)) for k in (xx, yy)]
    return own[0], own[1], xy.mean()


def typical(y: Tensor, share: float) -> Any:
    """Quantile of the distances of different points."""
    apart = np.sqrt(squares(y, y)[np.triu_indices(len(y), 1)])
    return np.quantile(apart[apart > 0], share)


def mmd(x: Tensor, y: Tensor) -> Any:
    """Five Gaussian kernels about the median distance, less their constant 1."""
    widths = typical(y, 0.5) * np.array([0.25, 0.5, 1, 2, 4])
    own, other, across = kernel_means(lambda s: sum(np.expm1(-s / (2 * w * w)) for w in widths) / 5, x, y)
    return own + other - 2 * across


def rke(x: Tensor, y: Tensor) -> Any:
    """Over all pairs, each sample with itself included."""
    return 1 / np.exp(-squares(x, x) / (typical(y, 0.05) / 2) ** 2).mean()


def unit(x: Tensor) -> Long:
    """Directions."""
    rows = long(x)
    lengths = np.sqrt((rows**2).sum(1, keepdims=True))
    return np.asarray(rows / np.where(lengths > 0, lengths, 1))


def cmmd(x: Tensor, y: Tensor) -> Any:
    """Biased, times 1,000, less the kernel's constant 1."""
    u, v = unit(x), unit(y)

    def mean(a: Long, b: Long) -> Any:
        return np.mean([np.expm1(-((row - b) ** 2).sum(1) / 200).mean() for row in a])

    return 1000 * (mean(u, u) + mean(v, v) - 2 * mean(u, v))


def vendi(x: Tensor) -> Any:
    """From the singular values of the directions."""
    return np.exp(entropy(np.append(spectrum(x), directionless(x))))


def vendi_without_zeros(x: Tensor) -> Any:
    """The same where rows of zeros are like nothing, not even themselves."""
    return np.exp(entropy(spectrum(x)))


@cache
def spectrum(x: Tensor) -> Long:
    """Eigenvalues of the cosines over n."""
    return np.asarray(singular_values(unit(x)) ** 2 / len(x))


def vendi_2(x: Tensor) -> Any:
    """From all cosines."""
    return 1 / (((unit(x) @ unit(x).T) ** 2).mean() + directionless(x) ** 2)


def vendi_2_without_zeros(x: Tensor) -> Any:
    """The same where rows of zeros are like nothing, not even themselves."""
    return 1 / ((unit(x) @ unit(x).T) ** 2).mean()


def directionless(x: Tensor) -> Any:
    """Share of rows that are 0: all alike, and unlike any other."""
    return (long(x) == 0).all(1).mean(dtype=np.longdouble)


def duplicates(x: Tensor) -> float:
    """By comparing numbers."""
    times = Counter(tuple(row) for row in x.tolist())
    return sum(count for count in times.values() if count > 1) / len(x)


def pairwise_distance(x: Tensor) -> Any:
    """Over pairs of different samples."""
    return np.sqrt(squares(x, x)).sum() / (len(x) * (len(x) - 1))


def swd(x: Tensor, y: Tensor) -> Any:
    """Sorted coordinates, each repeated so that both sides have as many."""
    lines, common = directions(x.shape[1], x.device).numpy().astype(np.longdouble), math.lcm(len(x), len(y))
    a, b = (np.sort(np.repeat((long(z) - long(y).mean(0)) @ lines, common // len(z), axis=0), axis=0) for z in (x, y))
    return np.sqrt(((a - b) ** 2).mean())


def wasserstein(x: Tensor, y: Tensor) -> Any:
    """The first of the larger set only."""
    n = min(len(x), len(y))
    return np.sqrt(cheapest(squares(x, y)[:n, :n]) / n)


def order_one(x: Tensor, y: Tensor) -> Any:
    """On the line: mean distance of sorted values, each repeated so that both sides have as many."""
    a, b = (np.sort(np.repeat(long(z)[:, 0], len(other))) for z, other in ((x, y), (y, x)))
    return np.abs(a - b).mean()


Inside = Callable[[Any, Any], Any]  #: `np.less_equal` or `np.less`


def balls(x: Tensor, y: Tensor, k: int, inside: Inside) -> dict[str, float]:
    """Precision, recall, density and coverage, with balls that hold their edge or not."""
    across = squares(x, y)
    fake, real = (np.sort(squares(z, z), axis=1)[:, k] for z in (x, y))
    held, reached = inside(across, real), inside(across, fake[:, None])
    return {
        "precision": float(held.any(1).mean()),
        "recall": float(reached.any(0).mean()),
        "density": float(held.sum(1).mean() / k),
        "coverage": float(held.any(0).mean()),
    }


def c2st(x: Tensor, y: Tensor, k: int = 5) -> float:
    """Of the k nearest of either side, those as near as the k-th of all vote together; a draw counts half."""
    n = min(len(x), len(y))
    x, y = x[:n], y[:n]
    hits = []
    for one, other in ((x, y), (y, x)):
        own, strange = np.sort(squares(one, one), axis=1)[:, 1 : k + 1], np.sort(squares(one, other), axis=1)[:, :k]
        reach = np.sort(np.hstack([own, strange]), axis=1)[:, k - 1 : k]
        hits.append((np.sign((own <= reach).sum(1) - (strange <= reach).sum(1)) + 1) / 2)
    return float(np.mean(hits))
