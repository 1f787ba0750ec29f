"""The two sides of a comparison: samples or real data, with what was computed from their features."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from gancheck.evaluation.real_data.base import SampleSet
from gancheck.evaluation.view import View
from gancheck.numerics.features import FeatureSet, feature_set


class Side:
    """Samples with what goes with them; their features as a set that remembers."""

    def __init__(self, given: SampleSet, features: FeatureSet | None = None) -> None:
        self.given = given
        self.features = feature_set(given.features) if features is None else features

    def __len__(self) -> int:
        return len(self.features)

    def head(self, n: int) -> Side:
        """The first n, or all where there are no more."""
        return self if n >= len(self) else Side(self.given.head(n), self.features.head(n))

    def part(self, rows: slice | Tensor) -> Side:
        """Some of them."""
        return Side(self.part_of(rows))

    def part_of(self, rows: slice | Tensor) -> SampleSet:
        """Everything of some samples; pictures where all have theirs."""
        given, here = self.given, rows if isinstance(rows, slice) else rows.cpu()
        images = given.first_samples[here if given.images is not None else slice(0, 0)]
        classes = None if given.classes is None else given.classes[rows]
        labels = None if given.labels is None else given.labels[here]
        return SampleSet(given.features[rows], images, classes, labels=labels)

    def of_classes(self, kept: frozenset[int]) -> Side:
        """The same with the labels of these classes alone, where samples have labels; others are -1."""
        labels = self.given.labels
        if labels is None:
            return self
        known = torch.isin(labels, torch.tensor(sorted(kept), dtype=labels.dtype, device=labels.device))
        return Side(replace(self.given, labels=torch.where(known, labels, -1)), self.features)

    def join(self, other: Side) -> Side:
        """Both sides as one."""
        a, b = self.given, other.given
        pictured = a.images is not None and b.images is not None
        return Side(
            replace(
                a,
                features=torch.cat([a.features, b.features]),
                first_samples=torch.cat([a.first_samples, b.first_samples]) if pictured else a.first_samples[:0],
                classes=both(a.classes, b.classes),
                labels=both(a.labels, b.labels),
                rows=None,
            )
        )


def both(a: Tensor | None, b: Tensor | None) -> Tensor | None:
    """One after the other, where both are there."""
    return None if a is None or b is None else torch.cat([a, b])


def view_of(side: Side, reference: Side | None, train: FeatureSet | None = None, yardstick: View | None = None) -> View:
    """One side against another, as metrics see it."""
    return View(
        side.features,
        None if reference is None else reference.features,
        yardstick=yardstick,
        train=train,
        images=side.given.images,
        classes=side.given.classes,
        labels=side.given.labels,
        reference_labels=None if reference is None else reference.given.labels,
    )
