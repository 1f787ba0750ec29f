"""Singular values and the assignment problem with 64-bit mantissas, which no library gives."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Long = NDArray[np.longdouble]
SWEEPS = 40


def singular_values(matrix: Long) -> Long:
    """By one-sided Jacobi rotations, all disjoint pairs of columns of a round together.

    Brent & Luk, "The solution of singular-value and symmetric eigenvalue problems on multiprocessor arrays", 1985.
    """
    a = (matrix if matrix.shape[0] >= matrix.shape[1] else matrix.T).copy()
    if a.shape[1] % 2:
        a = np.hstack([a, np.zeros((len(a), 1), np.longdouble)])
    order, half = np.arange(a.shape[1]), a.shape[1] // 2
    for _ in range(SWEEPS):
        angles = []
        for _ in range(len(order) - 1):
            angles.append(rotate(a, order[:half], order[half:][::-1]))
            order = np.concatenate([order[:1], np.roll(order[1:], 1)])
        if max(angles) == 0:
            break
    return np.asarray(np.sqrt((a * a).sum(0)))


def rotate(a: Long, left: NDArray[np.int64], right: NDArray[np.int64]) -> int:
    """Make pairs of columns orthogonal; how many were not."""
    x, y = a[:, left], a[:, right]
    p, q, r = (x * x).sum(0), (y * y).sum(0), (x * y).sum(0)
    oblique = np.abs(r) > np.maximum(4e-18 * np.sqrt(p * q), 1e-33 * (p.max() + q.max()))
    slope = (q - p) / (2 * np.where(oblique, r, 1))
    t = np.where(slope < 0, -1, 1) / (np.abs(slope) + np.sqrt(1 + slope**2)) * oblique
    c = 1 / np.sqrt(1 + t * t)
    a[:, left], a[:, right] = c * x - c * t * y, c * t * x + c * y
    return int(oblique.sum())


def cheapest(costs: Long) -> Any:
    """Cost of the best pairing, by shortest augmenting paths. Kuhn, Naval Research Logistics 1955; Munkres, 1957."""
    n = len(costs)
    match, price = np.full(n + 1, -1), np.zeros((2, n + 1), np.longdouble)
    for row in range(n):
        match[n] = row
        for there, here in augmenting(costs, match, price):
            match[there] = match[here]
    return costs[match[:n], np.arange(n)].sum()


def augmenting(costs: Long, match: NDArray[np.int64], price: Long) -> list[tuple[int, int]]:
    """The columns, last one first, that hand over their rows; prices (rows, columns) are adjusted. Column n is none."""
    n, here = len(costs), len(costs)
    seen, before, short = np.zeros(n + 1, bool), np.full(n + 1, n), np.full(n + 1, np.inf, np.longdouble)
    while match[here] >= 0:
        seen[here] = True
        reduced = costs[match[here]] - price[0, match[here]] - price[1, :n]
        better = ~seen[:n] & (reduced < short[:n])
        short[:n][better], before[:n][better] = reduced[better], here
        nearest = int(np.where(seen, np.inf, short)[:n].argmin())
        step = short[nearest]
        price[0, match[seen]] += step
        price[1, seen] -= step
        short[~seen] -= step
        here = nearest
    steps = []
    while here != n:
        steps.append((here, int(before[here])))
        here = int(before[here])
    return steps
