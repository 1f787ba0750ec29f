"""The Frechet distance between Gaussians fitted to two clouds, through symmetric problems only.

With factors S = F'F of the covariances, tr (S1 S2)^(1/2) is the sum of the singular values of F1 F2', which is never
complex and needs no matrix root.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from gancheck.cloud import Cloud
from gancheck.errors import BadData

SMALL = 256  #: singular values up to this side; beyond, the symmetric eigenproblem is many times faster


def frechet(a: Cloud, b: Cloud) -> Tensor:
    """|mean difference|^2 + tr(S1 + S2 - 2 (S1 S2)^(1/2)), float64, at least 0.

    Dowson & Landau, "The Frechet distance between multivariate normal distributions", 1982.
    """
    first, second = a.once(factor), b.once(factor)
    apart = (a.mean - b.mean).square().sum()
    return (apart + first.square().sum() + second.square().sum() - 2 * cross_trace(first, second)).clamp_min(0)


def cross_trace(first: Tensor, second: Tensor) -> Tensor:
    """tr (S1 S2)^(1/2) of two covariances, from factors (r, d) of each."""
    return nuclear_norm(first @ second.T)


def nuclear_norm(matrix: Tensor) -> Tensor:
    """Sum of the singular values: to the last digit where small, to about 1e-8 of the largest beyond."""
    if min(matrix.shape) <= SMALL:
        singular: Tensor = torch.linalg.svdvals(matrix)
        return singular.sum()
    tall = matrix if matrix.shape[0] >= matrix.shape[1] else matrix.T
    squares: Tensor = torch.linalg.eigvalsh(tall.T @ tall)
    return squares.clamp_min(0).sqrt().sum()


def factor(cloud: Cloud) -> Tensor:
    """F (r, d) float64 with F'F the unbiased covariance, r = min(n, d). BadData with fewer than 2 samples."""
    if len(cloud) < 2:
        raise BadData("a covariance needs at least 2 samples, got 1: draw more")
    if len(cloud) <= cloud.dimension:
        return (cloud.x.double() - cloud.mean) / math.sqrt(len(cloud) - 1)
    return root(covariance(cloud))


def covariance(cloud: Cloud) -> Tensor:
    """(d, d) float64, unbiased; centred before it is squared, so that a common offset costs no digits."""
    total = torch.zeros(cloud.dimension, cloud.dimension, dtype=torch.float64, device=cloud.x.device)
    for _, x in cloud.blocks():
        centred = x - cloud.mean
        total.addmm_(centred.T, centred)
    return total / (len(cloud) - 1)


def root(matrix: Tensor) -> Tensor:
    """F with F'F = matrix (symmetric, positive semi-definite): by Cholesky, or eigenvectors where it is singular."""
    lower: Tensor
    lower, failed = torch.linalg.cholesky_ex(matrix)
    if not failed:
        return lower.T
    values, vectors = torch.linalg.eigh(matrix)
    rows: Tensor = values.clamp_min(0).sqrt()[:, None] * vectors.T
    return rows
