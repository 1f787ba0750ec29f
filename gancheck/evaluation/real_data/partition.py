"""Modes where none are known: labelled groups or clusters of real features, and how far a mode's own samples reach.

Centres and the metric come from one part of the real data, shares, radii and spread from another, so that samples which
are as good as real ones are treated as real ones are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from gancheck.datasets.base import HIGH_QUALITY_MASS, Assignment, Facet
from gancheck.errors import BadData
from gancheck.evaluation.modes import Modes
from gancheck.numerics.features import FeatureSet, fill_rows
from gancheck.numerics.frechet import covariance

NOTHING = 1e-12  #: of the largest variance: an axis without any
AXES = 64  #: principal axes that are kept
PER_AXIS = 20  #: samples for each of them, at least
FEWEST = 5  #: fitting samples that a label needs; of 40 in all a quarter, and chance leaves fewer
LEAST = 1e-5  #: of the mean distance from the origin: rounding off the principal axes
ROUNDING = 1e-4  #: of the centres' distance: the reach of modes that are all single points
SHRINKAGE = 0.1  #: of the covariance inside the modes, towards a sphere
ROWS = 16_384  #: samples assigned at once


@dataclass(frozen=True, eq=False)
class Partition:
    """K modes in whitened features. `fitted`, then `calibrated`, then it can assign."""

    origin: Tensor  #: (d,) float64
    basis: Tensor  #: (d, p) float64, orthonormal: the principal axes
    axes: Tensor  #: (d, p) float64: features minus origin, times axes, have about unit variance inside a mode
    centres: Tensor  #: (K, p) float64
    names: tuple[str, ...]
    counts: Tensor  #: (K,) float64, high-quality calibration samples
    radii: Tensor  #: (K,) float64
    deviations: Tensor  #: (K,) float64, root-mean-square per axis, inside the radius
    slack: float = 1.0  #: distance off the principal axes within which 98.889 % of calibration samples lie
    varies_off: bool = False  #: whether real data lies off the principal axes beyond rounding
    covered: float = 1.0  #: share of calibration samples whose mode has enough samples to be one of the K

    def project(self, features: Tensor) -> Tensor:
        """(n, p) float32 whitened features."""
        return along(features, self.origin, self.axes).float()

    def nearest(self, projected: Tensor) -> tuple[Tensor, Tensor]:
        """(n,) mode and (n,) distance to its centre, in whitened units."""
        label = torch.cat([torch.cdist(x.double(), self.centres).argmin(1) for x in torch.split(projected, ROWS)])
        return label, (projected.double() - self.centres[label]).norm(dim=1)

    def modes(self, features: Tensor) -> Modes:
        """The mode assignment of features (n, d)."""
        projected = self.project(features)
        label, distance = self.nearest(projected)
        outside = torch.maximum(distance / self.radii[label], self.off(features) / self.slack)
        shares = self.counts / self.counts.sum()
        return Modes(
            Assignment(label, outside), (Facet(projected, label),), shares, self.deviations, counted=self.counts
        )

    @property
    def leaves_some_out(self) -> bool:
        """Whether there are directions off the principal axes in which real data varies."""
        return self.basis.shape[0] > self.basis.shape[1] and self.varies_off

    def off(self, features: Tensor) -> Tensor:
        """(n,) distance from the principal axes: what a projection alone would not see."""

        def distance(x: Tensor) -> Tensor:
            x = x - self.origin
            length: Tensor = (x - (x @ self.basis) @ self.basis.T).norm(dim=1)
            return length

        return fill_rows(self.origin.new_empty(len(features)), features, distance)

    def calibrate(self, features: Tensor, label: Tensor | None = None) -> Partition:
        """With shares, radii and spread from other real features (m, d); `label` (m,) -1 where a mode is left out."""
        size = fill_rows(self.origin.new_empty(len(features)), features, lambda x: (x - self.origin).norm(dim=1))
        slack = float(torch.quantile(self.off(features), HIGH_QUALITY_MASS))
        covered = 1.0 if label is None else float((label >= 0).double().mean())
        inside = features if label is None else features[label >= 0]
        if not len(inside):
            raise BadData("no reference sample is left to measure the modes on: give more samples of each label")
        least = LEAST * float(size.mean())
        measured = replace(self, slack=max(slack, least), varies_off=slack > least, covered=covered)
        return measured.set_reach(self.project(inside))

    def set_reach(self, projected: Tensor) -> Partition:
        """With radii that hold 98.889 % of the calibration samples: one multiple of each mode's own scale."""
        label, distance = self.nearest(projected)
        count = torch.bincount(label, minlength=len(self.centres)).double()
        scale = (torch.zeros_like(count).index_add(0, label, distance.square()) / count.clamp_min(1)).sqrt()
        known = (scale > 0) & (count >= FEWEST)
        least = ROUNDING * self.centres.norm(dim=1).max().clamp_min(1e-8)
        usual = (scale[known].mean() if known.any() else distance.square().mean().sqrt()).clamp_min(least)
        scale = torch.where(known, scale, usual)
        radii = scale * torch.quantile(distance / scale[label], HIGH_QUALITY_MASS).clamp_min(1)
        good = distance <= radii[label]
        x, group = projected[good].double(), label[good]
        counts = torch.bincount(group, minlength=len(scale)).double()
        mean = x.new_zeros(len(scale), x.shape[1]).index_add(0, group, x) / counts.clamp_min(1)[:, None]
        squares = torch.zeros_like(counts).index_add(0, group, (x - mean[group]).square().sum(1))
        deviations = (squares / ((counts - 1).clamp_min(1) * x.shape[1])).sqrt()
        floor = 1e-6 * float(deviations.max().clamp_min(1e-300))
        return replace(
            self, counts=counts.clamp_min(0.5), radii=radii, deviations=deviations.clamp_min(max(floor, 1e-12))
        )


def along(features: Tensor, origin: Tensor, axes: Tensor) -> Tensor:
    """(n, p) float64 coordinates of features (n, d) along axes (d, p)."""
    return fill_rows(axes.new_empty(len(features), axes.shape[1]), features, lambda x: (x - origin) @ axes)


def principal_axes(features: Tensor, least: float = NOTHING) -> tuple[Tensor, Tensor]:
    """(d,) mean and (d, p) axes of most variance: at most 64, and 20 samples for each.

    Axes with under `least` of the largest variance are left out; what lies along them is off the axes.
    """
    samples = FeatureSet(features)
    values, axes = torch.linalg.eigh(covariance(samples))
    if values[-1] <= 0:
        raise BadData("all reference samples are the same: there is nothing to compare with")
    count = max(1, min(AXES, samples.dimension, len(samples) // PER_AXIS))
    values, axes = values.flip(0)[:count], axes.flip(1)[:, :count]
    return samples.mean, axes[:, values > least * values[0]]


def fit_partition(
    features: Tensor, basis: Tensor, origin: Tensor, label: Tensor, names: tuple[str, ...], least: int = FEWEST
) -> Partition:
    """Centres of labelled real features (n, d), and axes that make the spread inside the modes a unit sphere.

    The principal axes are brought to one scale before that, so that units of the features do not matter. Modes with
    fewer than `least` samples are left out; where every mode is a single point, the axes stay as they are.
    """
    axes = basis / along(features, origin, basis).std(0).clamp_min(1e-300)
    present = torch.bincount(label, minlength=len(names)) >= least
    if not present.any():
        raise BadData(
            f"{len(names)} labels in {4 * len(label):,} reference samples are too many: give {4 * least} samples of "
            "each, or leave the labels out so that clusters serve"
        )
    features, label = features[present[label]], label[present[label]]
    x = along(features, origin, axes)
    count = torch.bincount(label, minlength=len(names)).double()
    mean = x.new_zeros(len(names), x.shape[1]).index_add(0, label, x) / count.clamp_min(1)[:, None]
    inside = x - mean[label]
    within = inside.T @ inside / max(len(x) - int(present.sum()), 1)
    sphere = torch.eye(len(within), dtype=within.dtype, device=within.device) * within.diagonal().mean()
    values, vectors = torch.linalg.eigh(torch.lerp(within, sphere, SHRINKAGE))
    if values[-1] > 0:
        vectors = vectors / values.clamp_min(1e-12 * float(values[-1])).sqrt()
    nothing = x.new_zeros(0)
    kept = tuple(name for name, there in zip(names, present.tolist(), strict=True) if there)
    return Partition(origin, basis, axes @ vectors, mean[present] @ vectors, kept, nothing, nothing, nothing)
