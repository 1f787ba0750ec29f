"""Which classes are large enough to be compared, and which samples were made for one that is a mode."""

from __future__ import annotations

import math
from collections.abc import Iterable

import torch
from torch import Tensor

from gancheck.errors import BadData
from gancheck.evaluation.view import View

FEWEST = 50  #: samples of a class, and real ones, below which metrics within classes leave it out


def class_counts(view: View) -> Tensor:
    """(2, C) samples of each class, and real ones."""
    sides = view.labels, view.reference_labels
    count = max(0, *(1 + int(labels.max()) for labels in sides))
    return torch.stack([torch.bincount(labels[labels >= 0], minlength=count) for labels in sides])


def large_classes(view: View) -> frozenset[int]:
    """Classes with at least 50 samples and 50 real ones."""
    return frozenset(torch.nonzero(view.cached(class_counts).amin(0) >= FEWEST).flatten().tolist())


def have_same_classes(views: Iterable[View]) -> bool:
    """Whether the same classes are large in all views, so that means over these are of one kind."""
    return len({view.cached(large_classes) for view in views}) == 1


def require_same_classes(view: View, real: View) -> None:
    """BadData where real data has too few of a class that samples are compared in."""
    wanted = view.cached(large_classes)
    lost = len(wanted - real.cached(large_classes))
    if lost:
        raise BadData(
            f"{lost} of {len(wanted)} classes {'has' if lost == 1 else 'have'} fewer than {FEWEST} samples on a side "
            "of real data held against real data; give more of each"
        )


def size_within_classes(view: View, classes: frozenset[int]) -> float:
    """What these classes count as: the harmonic mean of their sizes on both sides, which errors within them fall with.

    Infinite where there is no class.
    """
    errors = 1 / view.cached(class_counts)[:, sorted(classes)].double()
    return 1 / float(errors.mean()) if classes else math.inf


def made_for_modes(view: View) -> Tensor:
    """(n,) bool, the samples whose class is a mode."""
    return (view.labels >= 0) & (view.labels < len(view.modes.weights))


def count_made_for_modes(view: View) -> int:
    """How many these are."""
    return int(made_for_modes(view).sum())
