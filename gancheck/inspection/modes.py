"""The modes of the data as far as they can be known: classes by label, else clusters that stand clearly apart.

Clusters are those that `score` finds in a reference without labels, by the same rule: `gancheck/evaluation/real_data/
clustering.py`. Images are looked at as thumbnails, where `score` takes the features of a network.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gancheck.errors import BadData
from gancheck.evaluation.real_data.base import MOST, take_at_random
from gancheck.evaluation.real_data.reference import UNLABELLED, ReferenceRealData
from gancheck.extractors.loaded import LoadedExtractor
from gancheck.extractors.points import Points
from gancheck.inspection.summary import DataSummary
from gancheck.loading.samples import Samples
from gancheck.system.counts import choose_verb, say_count

WIDEST = 2_048  #: features; the principal axes of more would take minutes


@dataclass(frozen=True)
class ModeGroups:
    """Modes and how many samples each holds."""

    sort: str  #: "class" or "cluster"
    names: tuple[str, ...]
    counts: tuple[int, ...]

    @property
    def shares(self) -> NDArray[np.float64]:
        """(K,) of the samples that were grouped."""
        return np.array(self.counts) / sum(self.counts)


def group_by_label(samples: Samples, labels: Tensor, known: tuple[str, ...] = ()) -> ModeGroups:
    """Groups by label, by their known names; without, images from a folder lend them those of their sub-folders."""
    values, inverse = torch.unique(labels, return_inverse=True)
    counts = torch.bincount(inverse)
    names = [known[int(v)] if known else str(int(v)) for v in values]
    if not known and len(samples.files) == len(labels):
        folders = [{samples.files[i].parent.name for i in (inverse == g).nonzero()[:, 0]} for g in range(len(values))]
        if all(len(f) == 1 for f in folders):
            names = [f.pop() for f in folders]
    return ModeGroups("class", tuple(names), tuple(counts.tolist()))


def find_clusters(samples: Samples, counted: DataSummary) -> ModeGroups | None:
    """The clusters that `score` takes for modes of such a reference; None where none stand apart."""
    if describe_limits(counted):
        return None
    try:
        real = as_reference(samples, counted)
    except BadData:  # nothing varies
        return None
    if not real.modes_are_natural:
        return None
    label, _ = real.partition.nearest(real.partition.project(real.standard))
    counts = torch.bincount(label, minlength=len(real.names))
    return ModeGroups("cluster", tuple(name.removeprefix("cluster ") for name in real.names), tuple(counts.tolist()))


def describe_limits(counted: DataSummary) -> str:
    """Why no clusters are looked for, if so."""
    if counted.count < UNLABELLED:
        few = f"{say_count(counted.count, 'sample')} {choose_verb(counted.count, 'is', 'are')} too few"
        return f"modes: {few} to tell clusters: give {UNLABELLED}, or labels"
    if counted.kept.shape[1] > WIDEST:
        return f"modes: clusters are not looked for in more than {WIDEST:,} features: give labels"
    return ""


def as_reference(samples: Samples, counted: DataSummary) -> ReferenceRealData:
    """The data as the reference of a score: points whole, all else by the features of its sub-sample."""
    whole = samples.kind == "points" and len(counted.kept) < counted.count
    features = take_at_random(samples, "reference").take(MOST) if whole else counted.kept.clone()
    flat = Samples(samples.name, tuple(features.shape[1:]), len(features), lambda: iter([features]), kind=samples.kind)
    network = LoadedExtractor("points", Points(), torch.device("cpu"))
    return ReferenceRealData(flat, network, lambda reference, most: features.clone())
