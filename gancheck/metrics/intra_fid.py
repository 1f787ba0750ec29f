"""Distance between Gaussians, class by class."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from gancheck.errors import BadData
from gancheck.evaluation.class_sizes import FEWEST, large_classes
from gancheck.evaluation.view import View
from gancheck.metrics.base import metric
from gancheck.numerics.features import FeatureSet
from gancheck.numerics.frechet import frechet


@metric("intra-fid", better="lower", low=0, needs="labels", on_request=True)
def intra_fid(view: View) -> Tensor:
    """Mean over the classes of the Frechet distance between a class's samples and the real ones of that class.

    From 0, in squared feature units; every class counts the same. It sees what fid does not: classes that are swapped,
    or a label that is ignored. Classes with fewer than 50 samples or 50 real ones are left out; none left: BadData. As
    biased upward as fid at the size of a class: a perfect generator gets what the real row does. Two moments of each
    class are all it sees.
    Miyato & Koyama, "cGANs with projection discriminator", ICLR 2018.
    """
    known = view.cached(class_distances)
    known = known[torch.isfinite(known)]
    if not len(known):
        raise BadData(f"no class has {FEWEST} samples and {FEWEST} real ones: draw more of each")
    return known.mean()


def class_distances(view: View) -> Tensor:
    """(C,) float64 Frechet distance within each class, NaN where one side has fewer than 50 samples of it."""
    count = 1 + max(int(labels.max()) for labels in (view.labels, view.reference_labels))
    distances = torch.full((max(count, 0),), torch.nan, dtype=torch.float64, device=view.fake.device)
    sides = (split_classes(view.fake, view.labels, count), split_classes(view.real, view.reference_labels, count))
    large = view.cached(large_classes)
    for k, (fake, real) in enumerate(zip(*sides, strict=True)):
        if k in large:
            distances[k] = frechet(FeatureSet(fake), FeatureSet(real))
    return distances


def split_classes(features: Tensor, label: Tensor, count: int) -> Iterator[Tensor]:
    """The rows of class 0, 1, ... count - 1, one class at a time; those of class -1 are left out."""
    order = label.argsort(stable=True)
    sizes = torch.bincount(label[label >= 0], minlength=max(count, 0)).tolist()
    return (features[rows] for rows in torch.split(order[int((label < 0).sum()) :], sizes))
