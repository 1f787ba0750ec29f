"""Fingerprints of rows: which samples are the same, bit for bit, without comparing all with all."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from gancheck.numerics.features import FeatureSet, fill_rows
from gancheck.numerics.seeding import key


def row_fingerprints(features: FeatureSet) -> Tensor:
    """(n,) int64 fingerprint of every row: the sum of its scrambled bits, each column times an odd number of its own.

    0.0 and -0.0 are the same; sums are modulo 2^64.
    """
    keys = [key("metric", "duplicates", column) | 1 for column in range(features.dimension)]
    odd = torch.tensor(keys, device=features.x.device)
    made = torch.empty(len(features), dtype=torch.int64, device=features.x.device)
    return fill_rows(made, features.x, lambda x: (scramble((x + 0.0).view(torch.int64)) * odd).sum(1))


def scramble(bits: Tensor) -> Tensor:
    """Every bit of each int64 spread over all: the finaliser of Steele et al., "Fast splittable pseudorandom number
    generators", OOPSLA 2014."""
    bits = (bits ^ (bits >> 30)) * -0x40A7B892E31B1A47
    bits = (bits ^ (bits >> 27)) * -0x6B2FB644ECCEEE15
    return bits ^ (bits >> 31)


def share_in(features: FeatureSet, others: FeatureSet) -> float:
    """Share of samples that another set holds bit for bit."""
    return float(torch.isin(features.cached(row_fingerprints), others.cached(row_fingerprints)).double().mean())


def distinct_rows(features: FeatureSet) -> FeatureSet:
    """The first of all samples that are the same, bit for bit; in the order in which they come."""
    prints = features.cached(row_fingerprints)
    rows, which = torch.unique(prints, return_inverse=True)
    place = torch.arange(len(prints), device=prints.device)
    first = torch.full_like(rows, len(prints)).scatter_reduce(0, which, place, "amin")
    return FeatureSet(features.x[first.sort().values], features.chunk)


def pair_coincidence(features: FeatureSet) -> float:
    """Share of pairs of samples that are the same, bit for bit; 0 below two samples."""
    n = len(features)
    counts = torch.unique(features.cached(row_fingerprints), return_counts=True)[1].double()
    return float((counts * (counts - 1)).sum()) / (n * (n - 1)) if n > 1 else 0.0


def coincidence_with_error(prints: Tensor) -> tuple[float, float]:
    """Share of pairs of rows (n,) with the same fingerprint, and its standard error; 0 below two rows."""
    n = len(prints)
    if n < 2:
        return 0.0, 0.0
    _, which, counts = torch.unique(prints, return_inverse=True, return_counts=True)
    each = (counts[which] - 1).double() / (n - 1)
    return float(each.mean()), float(2 * each.std() / n**0.5)


def coincidence_error(a: FeatureSet, b: FeatureSet) -> float:
    """Standard error of a's own coincidence less the one between both, by the delta method over the different rows."""
    rows, which = torch.unique(torch.cat([a.cached(row_fingerprints), b.cached(row_fingerprints)]), return_inverse=True)
    p, q = (torch.bincount(part, minlength=len(rows)).double() / len(part) for part in which.split([len(a), len(b)]))
    parts = ((p, 2 * p - q, len(a)), (q, p, len(b)))
    variance = sum(float((s * g.square()).sum() - (s * g).sum().square()) / n for s, g, n in parts)
    return math.sqrt(max(variance, 0.0))


def coincidence_between(a: FeatureSet, b: FeatureSet) -> float:
    """The same for pairs with one sample of each."""
    rows, which = torch.unique(torch.cat([a.cached(row_fingerprints), b.cached(row_fingerprints)]), return_inverse=True)
    first, second = (torch.bincount(part, minlength=len(rows)).double() for part in which.split([len(a), len(b)]))
    return float(first @ second) / (len(a) * len(b))
