"""Points of any dimension in a plane: the real data's first two principal axes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

ROWS = 1_000  #: real points that the axes are computed from


def plane(real: Array) -> Callable[[Array], Array]:
    """A map from (n, d) to (n, 2): the identity in two dimensions, a projection above.

    One dimension becomes a band, across which points are spread evenly so that they can be seen.
    """
    dimension = real.shape[1]
    if dimension == 2:
        return lambda points: points
    if dimension == 1:
        width = 0.3 * float(np.ptp(real))
        return lambda points: np.column_stack([points, width * spread(len(points))])
    axes = principal(real)
    centre = real.mean(axis=0)

    def project(points: Array) -> Array:
        with np.errstate(invalid="ignore", over="ignore"):  # what is not finite stays so, and is drawn outside
            made: Array = (points - centre) @ axes
        return made

    return project


def principal(real: Array) -> Array:
    """(d, 2) axes of greatest variance, each with its largest entry positive; zero where there are too few points."""
    rows = real[:ROWS]
    axes = np.linalg.svd(rows - rows.mean(axis=0), full_matrices=False)[2][:2]
    axes = np.pad(axes, ((0, 2 - len(axes)), (0, 0)))
    largest = np.take_along_axis(axes, np.abs(axes).argmax(axis=1)[:, None], axis=1)
    made: Array = (axes * np.where(largest < 0, -1, 1)).T
    return made


def spread(count: int) -> Array:
    """Numbers in [-0.5, 0.5) that fill it evenly and never repeat: multiples of the golden ratio."""
    made: Array = (np.arange(count) * (np.sqrt(5) - 1) / 2) % 1 - 0.5
    return made
