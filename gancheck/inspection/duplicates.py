"""Samples that are there twice, exactly or nearly.

Exact: equal bit for bit. A warning from 1 % of the samples on: a held-out half then shares so much with the training
half that memorisation cannot be told from it, while less than 1 % drowns in the metrics' own noise. On a line (one
feature) float32 numbers coincide by chance, so nothing is said; where all features hold whole numbers or few values, as
counts and categories do, rows coincide too, and it is a note.

Near: the nearest neighbour, over the 10th-nearest, is closer than (0.05 / 9 m)^(1/d) for m samples of intrinsic
dimension d, at most 0.5: where density is smooth, that happens to 0.05 of m samples on average, so that five of them
are no accident, and fewer are not mentioned. A warning from 1 % of the samples on.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from gancheck.inspection.neighbourhood import K, Neighbourhood
from gancheck.inspection.problem import Problem
from gancheck.inspection.summary import DataSummary
from gancheck.system.counts import say_count

SHARE = 0.01
CHANCE = 0.05  #: near-duplicates expected in clean data
NEAREST = 0.5
LEAST = 5  #: samples in near-duplicate pairs
FEW_VALUES = 20  #: of a feature that counts as discrete
REMEDY = "keep one of each, or put copies on the same side of a split"
BY_CHANCE = "rows of whole numbers and categories repeat by chance: look whether so many are meant"


def find_exact_repeats(summary: DataSummary) -> list[Problem]:
    """Samples that repeat an earlier one."""
    if len(summary.mean) == 1:
        return []
    _, index, counts = np.unique(summary.prints, return_index=True, return_counts=True)
    repeats = summary.count - len(counts)
    if not repeats:
        return []
    share, most = repeats / summary.count, int(counts.max())
    where = int(index[counts == most].min())
    evidence = {"repeats": repeats, "share": share, "most": most, "first_row": where}
    expected = takes_few_values(summary)
    text = (
        f"exact repeats: {repeats:,} of {summary.count:,} samples ({100 * share:.3g} %; {summary.place(where)} is "
        f"there {say_count(most, 'time')}); {BY_CHANCE if expected else REMEDY}"
    )
    return [Problem("duplicates", "warning" if share >= SHARE and not expected else "note", text, evidence)]


def takes_few_values(summary: DataSummary) -> bool:
    """Whether every feature of points holds whole numbers, or few values, so that rows repeat by chance."""
    return summary.kind == "points" and all(
        bool((column == column.round()).all()) or len(torch.unique(column)) <= FEW_VALUES for column in summary.kept.T
    )


def close_pairs(near: Neighbourhood) -> NDArray[np.int64]:
    """(p, 2) positions of near-duplicates, the closest first, each pair once; none where they may be accidents."""
    ratio = near.distance[:, 0] / near.distance[:, -1].clip(np.finfo(float).tiny)
    here = np.flatnonzero(ratio < limit(len(near.rows), near.dimension))
    pairs = np.sort(np.stack([here, near.index[here, 0]], axis=1), axis=1)
    if len(np.unique(pairs)) < LEAST:
        return np.empty((0, 2), np.int64)
    _, first = np.unique(pairs, axis=0, return_index=True)
    chosen = here[np.sort(first)]
    return pairs[np.sort(first)][np.argsort(ratio[chosen], kind="stable")]


def limit(count: int, dimension: float) -> float:
    """How close the nearest neighbour comes by chance, relative to the 10th-nearest."""
    return float(min(NEAREST, (CHANCE / ((K - 1) * count)) ** (1 / dimension)))


def find_near_repeats(summary: DataSummary, near: Neighbourhood, pairs: NDArray[np.int64]) -> list[Problem]:
    """Pairs that are too close to be two draws. In a sub-sample few pairs stay together; the share allows for that."""
    looked = len(near.rows)
    if not len(pairs) or len(summary.mean) == 1:
        return []
    share = min(1.0, len(np.unique(pairs)) / looked * (summary.count - 1) / max(len(summary.rows) - 1, 1))
    evidence = {
        "pairs": len(pairs),
        "share": share,
        "looked_at": looked,
        "closer_than": limit(looked, near.dimension),
        "rows": near.rows[pairs[:20]].tolist(),
    }
    first, second = (summary.place(row) for row in near.rows[pairs[0]])
    text = (
        f"nearly the same: {len(pairs):,} pairs (about {100 * share:.3g} % of samples; the closest are {first} and "
        f"{second}); {REMEDY}"
    )
    return [Problem("near-duplicates", "warning" if share >= SHARE else "note", text, evidence)]
