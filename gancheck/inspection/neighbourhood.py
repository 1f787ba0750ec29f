"""Who is next to whom in the sub-sample, and in how many dimensions the data spreads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.neighbors import NearestNeighbors

from gancheck.inspection.summary import FEW, DataSummary

K = 10  #: neighbours: groups of up to so many strays still count as strays
LEAST = 100  #: samples below which neighbourhoods say nothing


@dataclass(frozen=True, eq=False)
class Neighbourhood:
    """The 10 nearest others of each distinct sample. Exact copies are one sample here."""

    rows: NDArray[np.int64]  #: (m,) row of each among all samples
    distance: NDArray[np.float64]  #: (m, 10) ascending
    index: NDArray[np.int64]  #: (m, 10) into `rows`
    dimension: float  #: of the surface that the samples fill, 1 or more


def neighbourhood(summary: DataSummary) -> Neighbourhood | None:
    """Neighbours by Euclidean distance, as the metrics see it; None below 100 distinct samples."""
    _, first = np.unique(summary.prints[summary.rows.numpy()], return_index=True)
    if len(first) < LEAST:
        return None
    x = summary.kept.numpy()[np.sort(first)]
    search = NearestNeighbors(n_neighbors=K, algorithm="kd_tree" if x.shape[1] <= FEW else "brute")
    distance, index = search.fit(x - x.mean(axis=0)).kneighbors()
    return Neighbourhood(summary.rows.numpy()[np.sort(first)], distance, index, dimension(distance))


def dimension(distance: NDArray[np.float64]) -> float:
    """Maximum-likelihood intrinsic dimension from the 2nd to the 10th neighbour; the 1st may be a near-copy.

    Levina & Bickel, "Maximum likelihood estimation of intrinsic dimension", NeurIPS 2004. In d dimensions
    d ln(r10 / rj) is an exponential's order statistic, and leaving out the largest of nine takes H(9) / 9 off the sum.
    """
    apart = distance[distance[:, 1] > 0]
    if not len(apart):
        return 1.0
    logs = np.log(apart[:, -1:] / apart[:, 1:-1]).mean()
    expected = (K - 1 - sum(1 / i for i in range(1, K))) / (K - 2)
    return max(1.0, float(expected / logs)) if logs > 0 else 1.0
