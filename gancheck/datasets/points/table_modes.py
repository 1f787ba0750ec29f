"""Modes of a table: its labels, or regions of its training rows, and how far the rows of each reach.

Regions are k-means cells, as in the bins of Richardson & Weiss, "On GANs and GMMs", NeurIPS 2018. Labels are told apart
by the nearest mean after the spread inside the labels was brought to a sphere: Fisher, "The use of multiple
measurements in taxonomic problems", Annals of Eugenics 1936, with the covariance shrunk by a tenth.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from gancheck.datasets.base import HIGH_QUALITY_MASS, Assignment
from gancheck.datasets.points.table_pools import LEAST, TablePools
from gancheck.errors import BadData
from gancheck.numerics.kmeans import assign, kmeans
from gancheck.numerics.seeding import generator

REGIONS = 20  #: unless told, where there are no labels; fewer where they would hold under 60 rows
SHRINKAGE = 0.1  #: of the covariance inside the labels, towards a sphere
APART = 0.8  #: share of rows nearest to their own label's mean, below which labels are no modes


@dataclass(frozen=True, eq=False)
class TableModes:
    """K modes of points (n, d)."""

    axes: Tensor  #: (d, d) float64: distances are taken along them
    centres: Tensor  #: (K, d) float64, along the axes
    radii: Tensor  #: (K,) float64, high-quality radius along the axes
    deviations: Tensor  #: (K,) float64, RMS deviation per column inside the radius
    weights: Tensor  #: (K,) float64, shares in the training pool
    train: Tensor  #: (t,) int64, mode of each training row
    names: tuple[str, ...]

    def assign(self, x: Tensor) -> Assignment:
        """Nearest centre along the axes, in float64; a point that is not finite is never of high quality."""
        place = x.double() @ self.axes.to(x.device)
        label = assign(place, self.centres.to(x.device))
        distance = (place - self.centres.to(x.device)[label]).norm(dim=1) / self.radii.to(x.device)[label]
        return Assignment(label, distance.nan_to_num(torch.inf, torch.inf, torch.inf))


def find_modes(pools: TablePools, regions: int) -> TableModes:
    """Labels where the pools have them; else so many regions, 0 for as many as fit."""
    x = pools.x["train"].double()
    if pools.names:
        label, axes, names = pools.y["train"], sphere_axes(x, pools.y["train"]), pools.names
    else:
        label, axes = divide(x, regions or min(REGIONS, max(1, pools.rows // LEAST))), torch.eye(x.shape[1]).double()
        names = tuple(str(k).zfill(len(str(int(label.max())))) for k in range(int(label.max()) + 1))
    centres = means(x @ axes, label)
    if pools.names:
        refuse_overlap(pools, axes, centres)
    radii, deviations = measure(pools.x["calibration"].double(), axes, centres)
    weights = torch.bincount(label).double() / len(label)
    return TableModes(axes, centres, radii, deviations, weights, label, names)


def divide(x: Tensor, regions: int) -> Tensor:
    """(n,) k-means cell of each row; cells of under half the rows that a mode trains on go to their neighbours."""
    if regions * LEAST > 2 * len(x):
        raise BadData(
            f"regions = {regions}: each needs {LEAST} rows, so {2 * len(x):,} make at most {2 * len(x) // LEAST}"
        )
    centres, label = kmeans(x, regions, generator("cpu", "table", "regions"), starts=3)
    size = torch.bincount(label, minlength=regions)
    return assign(x, centres[size >= min(LEAST // 4, int(size.max()))])


def sphere_axes(x: Tensor, label: Tensor) -> Tensor:
    """(d, d) axes along which rows about their label's mean have unit variance, nearly."""
    inside = x - means(x, label)[label]
    within = inside.T @ inside / len(x)
    sphere = torch.eye(len(within)).double() * within.diagonal().mean()
    values, vectors = torch.linalg.eigh(torch.lerp(within, sphere, SHRINKAGE))
    if values[-1] <= 0:  # every label is a single point
        return torch.eye(len(within)).double()
    axes: Tensor = vectors / values.clamp_min(1e-12 * float(values[-1])).sqrt()
    return axes


def refuse_overlap(pools: TablePools, axes: Tensor, centres: Tensor) -> None:
    """BadData where labels cannot be read off the columns: no count of modes would mean anything."""
    own = float((assign(pools.x["calibration"].double() @ axes, centres) == pools.y["calibration"]).double().mean())
    if own < APART:
        raise BadData(
            f"the labels overlap: only {own:.0%} of held-out rows lie nearest to the mean of their own label; take "
            "regions=20, which ignores the labels"
        )


def measure(x: Tensor, axes: Tensor, centres: Tensor) -> tuple[Tensor, Tensor]:
    """(K,) radii, one multiple of each mode's own scale that holds 98.889 % of all rows, and (K,) deviations inside."""
    place = x @ axes
    label = assign(place, centres)
    distance = (place - centres[label]).norm(dim=1)
    count = torch.bincount(label, minlength=len(centres)).double()
    scale = (torch.zeros_like(count).index_add(0, label, distance.square()) / count.clamp_min(1)).sqrt()
    usual = distance.square().mean().sqrt().clamp_min(1e-6)
    scale = torch.where((count >= 5) & (scale > 0), scale, usual)
    radii = scale * torch.quantile(distance / scale[label], HIGH_QUALITY_MASS)
    good = distance <= radii[label]
    return radii.clamp_min(1e-6), spread(x[good], label[good], len(centres))


def spread(x: Tensor, label: Tensor, modes: int) -> Tensor:
    """(K,) RMS deviation per column about each mode's mean; the usual one where a mode has fewer than two rows."""
    count = torch.bincount(label, minlength=modes).double()
    squares = (x - means(x, label, modes)[label]).square().sum(1)
    squares = torch.zeros_like(count).index_add(0, label, squares)
    pooled = (squares.sum() / ((count - 1).clamp_min(0).sum() * x.shape[1]).clamp_min(1)).sqrt().clamp_min(1e-6)
    own = (squares / ((count - 1).clamp_min(1) * x.shape[1])).sqrt()
    return torch.where((count >= 2) & (own > 0), own, pooled)


def means(x: Tensor, label: Tensor, modes: int | None = None) -> Tensor:
    """(K, d) means of the rows of each label."""
    count = torch.bincount(label, minlength=modes or 0).double()
    return x.new_zeros(len(count), x.shape[1]).index_add(0, label, x) / count.clamp_min(1)[:, None]
