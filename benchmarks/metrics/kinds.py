"""Kinds of data that people bring, each as a draw of n samples, and damages that fit any of them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Draw = Callable[[int, np.random.Generator], Array]


def plane(n: int, r: np.random.Generator) -> Array:
    """One cloud in the plane."""
    return r.normal(size=(n, 2))


def thirty(n: int, r: np.random.Generator) -> Array:
    """One cloud in thirty dimensions."""
    return r.normal(size=(n, 30))


def scales(n: int, r: np.random.Generator) -> Array:
    """Six correlated columns at scales from 1e-6 to 1e6."""
    mix = np.random.default_rng(1).normal(size=(3, 6))
    return (r.normal(size=(n, 3)) @ mix + 0.3 * r.normal(size=(n, 6))) * np.geomspace(1e-6, 1e6, 6)


def people(n: int, r: np.random.Generator) -> Array:
    """A table: income, age, and a category as four columns of 0 and 1."""
    group = r.choice(4, n, p=[0.3, 0.4, 0.2, 0.1])
    return np.column_stack([r.lognormal(8, 1, n) * (1 + group), r.normal(40, 12, n), np.eye(4)[group]])


def counts(n: int, r: np.random.Generator) -> Array:
    """Four columns of counts."""
    return r.poisson([0.1, 1, 5, 20], (n, 4)).astype(float)


def bits(n: int, r: np.random.Generator) -> Array:
    """Twenty columns of 0 and 1."""
    return (r.uniform(size=(n, 20)) < np.linspace(0.1, 0.9, 20)).astype(float)


def one_hot(n: int, r: np.random.Generator) -> Array:
    """One category of eight, as columns of 0 and 1."""
    return np.eye(8)[r.choice(8, n, p=np.arange(8, 16) / np.arange(8, 16).sum())]


def rounded(n: int, r: np.random.Generator) -> Array:
    """Two columns with one decimal."""
    return r.normal(size=(n, 2)).round(1)


def many_zeros(n: int, r: np.random.Generator) -> Array:
    """Half of the rows are all zero."""
    return np.where(r.uniform(size=(n, 1)) < 0.5, 0.0, r.lognormal(size=(n, 3)))


def heavy_tails(n: int, r: np.random.Generator) -> Array:
    """Five columns without a variance."""
    return r.standard_t(1.5, size=(n, 5))


def series(n: int, r: np.random.Generator) -> Array:
    """Autoregressive series of 32 steps, flattened."""
    x = r.normal(size=(n, 32))
    for step in range(1, 32):
        x[:, step] = 0.8 * x[:, step - 1] + 0.6 * x[:, step]
    return x


def hundred_clusters(n: int, r: np.random.Generator) -> Array:
    """A hundred clear clusters on a grid."""
    k = r.integers(0, 100, n)
    return np.column_stack([k % 10, k // 10]) + 0.05 * r.normal(size=(n, 2))


def ten_clusters(n: int, r: np.random.Generator) -> Array:
    """Ten clear clusters in ten dimensions."""
    centres = np.random.default_rng(2).normal(size=(10, 10))
    return centres[r.integers(0, 10, n)] + 0.2 * r.normal(size=(n, 10))


def constants(n: int, r: np.random.Generator) -> Array:
    """Twelve columns, six of them constant."""
    return np.column_stack([r.normal(size=(n, 6)), np.tile([0.0, 1.0, -3.0, 1e6, 1e-6, 7.0], (n, 1))])


KINDS: dict[str, Draw] = {
    draw.__name__.replace("_", " "): draw
    for draw in (
        *(plane, thirty, scales, people, counts, bits, one_hot, rounded),
        *(many_zeros, heavy_tails, series, hundred_clusters, ten_clusters, constants),
    )
}


# Damages: real samples in, as many damaged ones out.


def nothing(x: Array, r: np.random.Generator) -> Array:
    """Real samples."""
    return x


def one_row(x: Array, r: np.random.Generator) -> Array:
    """One row over and over."""
    return np.repeat(x[:1], len(x), 0)


def ten_rows(x: Array, r: np.random.Generator) -> Array:
    """Ten rows over and over."""
    return x[r.integers(0, 10, len(x))]


def half_twice(x: Array, r: np.random.Generator) -> Array:
    """Half of the rows, each there twice."""
    return np.concatenate([x[: len(x) // 2], x[: len(x) - len(x) // 2]])


def narrow(x: Array, r: np.random.Generator) -> Array:
    """All columns half as wide about their medians."""
    middle = np.median(x, 0)
    return middle + 0.5 * (x - middle)


def flat_third(x: Array, r: np.random.Generator) -> Array:
    """A third of the columns that vary at one value."""
    x, varying = x.copy(), np.flatnonzero(x.min(0) < x.max(0))
    chosen = r.permutation(varying)[: max(1, len(varying) // 3)]
    x[:, chosen] = x[r.integers(len(x)), chosen]
    return x


def wide(x: Array, r: np.random.Generator) -> Array:
    """All columns three times as wide about their medians."""
    middle = np.median(x, 0)
    return middle + 3 * (x - middle)


def shift(x: Array, r: np.random.Generator) -> Array:
    """The narrowest column that varies, moved by ten of its standard deviations."""
    deviation = x.std(0)
    k = int(np.where(x.min(0) < x.max(0), deviation, np.inf).argmin())
    x = x.copy()
    x[:, k] += 10 * deviation[k]
    return x


def unrelated(x: Array, r: np.random.Generator) -> Array:
    """Every column shuffled on its own."""
    return np.column_stack([r.permutation(column) for column in x.T])


def third_lost(x: Array, r: np.random.Generator) -> Array:
    """Without the rows on one side of a value of the first column that varies: about a third."""
    k = int(np.flatnonzero(x.min(0) < x.max(0))[0])
    kept = x[x[:, k] > np.quantile(x[:, k], 1 / 3)]
    return kept[r.integers(0, len(kept), len(x))] if len(kept) < len(x) // 2 else kept


def category_lost(x: Array, r: np.random.Generator) -> Array:
    """Without the rows that have a 1 in the first column of 0 and 1."""
    flags = [k for k in range(x.shape[1]) if set(np.unique(x[:, k])) == {0.0, 1.0}]
    kept: Array = x[x[:, flags[0]] == 0]
    return kept
