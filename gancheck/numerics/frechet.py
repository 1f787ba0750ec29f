"""The Frechet distance between Gaussians fitted to two clouds, through symmetric problems only.

tr (S1 S2)^(1/2) is the sum of the roots of the eigenvalues of F S2 F', where S1 = F'F, and the sum of the singular
values of F1 F2': never complex, and without a matrix root. Symmetric and triangular matrices are worked in strips, so
that the half that is known is not computed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import torch
from torch import Tensor

from gancheck.errors import BadData
from gancheck.numerics.features import FeatureSet

SMALL = 256  #: up to so many features singular values are cheap, and exact to the last digit
STRIP = 256  #: rows or columns in a strip


def frechet(a: FeatureSet, b: FeatureSet) -> Tensor:
    """|mean difference|^2 + tr(S1 + S2 - 2 (S1 S2)^(1/2)), float64, at least 0. What is known of either is kept.

    Dowson & Landau, "The Frechet distance between multivariate normal distributions", 1982.
    """
    if min(len(a), len(b)) <= a.dimension or a.dimension <= SMALL:
        cross = nuclear_norm(a.cached(factor) @ b.cached(factor).T)
    else:
        cross = cross_trace(b.cached(covariance), a.cached(covariance))
    apart = (a.mean - b.mean).square().sum()
    return (apart + a.cached(variance) + b.cached(variance) - 2 * cross).clamp_min(0)


def cross_trace(first: Tensor, second: Tensor) -> Tensor:
    """tr (S1 S2)^(1/2) of two covariances (d, d), to about 1e-8 of the largest eigenvalue."""
    lower, failed = torch.linalg.cholesky_ex(first)
    if failed:
        rows = root(first)
        squares = rows @ second @ rows.T
    else:
        squares = congruence(lower.T, second)
    values: Tensor = torch.linalg.eigvalsh(squares)
    return values.clamp_min(0).sqrt().sum()


def nuclear_norm(matrix: Tensor) -> Tensor:
    """Sum of the singular values: to the last digit where small, to about 1e-8 of the largest beyond."""
    if min(matrix.shape) <= SMALL:
        singular: Tensor = torch.linalg.svdvals(matrix)
        return singular.sum()
    tall = matrix if matrix.shape[0] >= matrix.shape[1] else matrix.T
    squares: Tensor = torch.linalg.eigvalsh(tall.T @ tall)
    return squares.clamp_min(0).sqrt().sum()


def variance(features: FeatureSet) -> Tensor:
    """Trace of the unbiased covariance. BadData with fewer than 2 samples."""
    if len(features) < 2:
        raise BadData("a covariance needs at least 2 samples, got 1: draw more")
    return torch.stack([(x - features.mean).square().sum() for _, x in features.blocks()]).sum() / (len(features) - 1)


def factor(features: FeatureSet) -> Tensor:
    """F (r, d) float64 with F'F the unbiased covariance, r = min(n, d)."""
    if len(features) <= features.dimension:
        return (features.x.double() - features.mean) / math.sqrt(max(len(features) - 1, 1))
    return root(features.cached(covariance))


def covariance(features: FeatureSet) -> Tensor:
    """(d, d) float64, unbiased; centred before it is squared, so that a common offset costs no digits."""
    total = torch.zeros(features.dimension, features.dimension, dtype=torch.float64, device=features.x.device)
    for _, x in features.blocks():
        centred = x - features.mean
        for here in strips(features.dimension):
            total[here, here.start :].addmm_(centred[:, here].T, centred[:, here.start :])
    return (total.triu() + total.triu(1).T) / (len(features) - 1)


def root(matrix: Tensor) -> Tensor:
    """F with F'F = matrix (symmetric, positive semi-definite): by Cholesky, or eigenvectors where it is singular."""
    lower: Tensor
    lower, failed = torch.linalg.cholesky_ex(matrix)
    if not failed:
        return lower.T
    values, vectors = torch.linalg.eigh(matrix)
    rows: Tensor = values.clamp_min(0).sqrt()[:, None] * vectors.T
    return rows


def congruence(upper: Tensor, middle: Tensor) -> Tensor:
    """U S U' of an upper triangular U and a symmetric S; only the lower triangle of the result holds."""
    half, whole = torch.empty_like(middle), torch.zeros_like(middle)
    for here in strips(len(middle)):
        half[here] = upper[here, here.start :] @ middle[here.start :]
    for here in strips(len(middle)):
        whole[here, : here.stop] = upper[here, here.start :] @ half[: here.stop, here.start :].T
    return whole


def strips(d: int) -> Iterator[slice]:
    """Runs of indices that cover 0 ... d - 1."""
    for start in range(0, d, STRIP):
        yield slice(start, min(start + STRIP, d))
