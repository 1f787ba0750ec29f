"""What is known about samples where data has modes: which one each belongs to, and the real modes' mass and width."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import torch
from torch import Tensor

from gancheck.datasets.base import HIGH_QUALITY_MASS, Assignment, Dataset, Facet
from gancheck.errors import BadData


@dataclass(frozen=True, eq=False)
class Modes:
    """The mode assignment of n samples. BadData where its parts contradict each other."""

    assignment: Assignment  #: label (n,) in [0, K) and distance (n,) in units of the high-quality radius
    facets: tuple[Facet, ...]  #: the views in which spread is measured; groups in [0, G)
    weights: Tensor  #: (K,) shares of the modes in real data
    deviations: Tensor  #: (G,) real root-mean-square deviation per feature of each group, inside the radius
    ceiling: float = HIGH_QUALITY_MASS  #: share of real samples that are high-quality
    counted: Tensor | None = None  #: (K,) real samples that the weights were estimated from; None where they are known

    def __post_init__(self) -> None:
        for name in ("weights", "deviations"):
            object.__setattr__(self, name, getattr(self, name).to(self.assignment.label.device, torch.float64))
        check_reals(self)
        check_samples(self)

    def __len__(self) -> int:
        return self.assignment.label.shape[0]

    @cached_property
    def good(self) -> Tensor:
        """(n,) bool, high-quality samples."""
        return self.assignment.good

    @cached_property
    def counts(self) -> Tensor:
        """(K,) float64, high-quality samples in each mode."""
        return torch.bincount(self.assignment.label[self.good], minlength=len(self.weights)).double()

    @property
    def captured(self) -> Tensor:
        """Number of high-quality samples."""
        return self.counts.sum()

    @property
    def shares(self) -> Tensor:
        """(K,) float64, histogram of the high-quality samples; all 0 where there is none."""
        return self.counts / self.captured.clamp_min(1)

    def head(self, n: int) -> Modes:
        """The same for the first n samples."""
        label, distance = self.assignment
        facets = tuple(Facet(f.features[:n], f.group[:n]) for f in self.facets)
        return replace(self, assignment=Assignment(label[:n], distance[:n]), facets=facets)


def modes_of(dataset: Dataset, features: Tensor) -> Modes:
    """Assign `features` (n, d), as `dataset.features` gives them, to the dataset's modes."""
    assignment = dataset.assign(features)
    return Modes(assignment, dataset.facets(features, assignment.label), dataset.weights, dataset.deviations)


def check_reals(modes: Modes) -> None:
    """What is said about real data must make sense."""
    total = modes.weights.sum().item()
    if not (modes.weights > 0).all() or abs(total - 1) > 1e-6:
        raise BadData(f"mode weights must be positive and sum to 1; these sum to {total:.6g}")
    if not (modes.deviations > 0).all() or not torch.isfinite(modes.deviations).all():
        raise BadData("real deviations must be positive and finite; a group without any spread is not a mode")
    if not 0 < modes.ceiling <= 1:
        raise BadData(f"the share of high-quality real samples must lie in (0, 1], got {modes.ceiling}")


def check_samples(modes: Modes) -> None:
    """Every sample must have a label, a distance and a group that exist."""
    label, distance = modes.assignment
    check_index("mode label", label, len(modes), len(modes.weights))
    if distance.shape != label.shape or torch.isnan(distance).any():
        raise BadData(f"mode distances must be {len(modes)} numbers, one a sample, none of them NaN")
    for facet in modes.facets:
        check_index("facet group", facet.group, len(modes), len(modes.deviations))
        if facet.features.dim() != 2 or len(facet.features) != len(modes):
            raise BadData(f"facet features must be ({len(modes)}, p), got {tuple(facet.features.shape)}")


def check_index(what: str, index: Tensor, n: int, count: int) -> None:
    """`n` integers in [0, count)."""
    if index.shape != (n,) or n == 0 or index.is_floating_point():
        raise BadData(f"{what}s must be integers, one a sample and at least one; got shape {tuple(index.shape)}")
    if index.min() < 0 or index.max() >= count:
        raise BadData(f"a {what} lies outside 0 ... {count - 1}: {int(index.min())} ... {int(index.max())}")
