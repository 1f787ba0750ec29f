"""Real samples that a user gives, as real data: split into parts, with labels or clusters for modes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

from gancheck.errors import BadData
from gancheck.evaluation.modes import Modes
from gancheck.evaluation.real_data.base import KEPT, Pool, RealData, SampleSet, shuffle
from gancheck.evaluation.real_data.clustering import cluster
from gancheck.evaluation.real_data.dataset import describe_shape
from gancheck.evaluation.real_data.partition import Partition, fit_partition, principal_axes
from gancheck.extractors.loaded import LoadedExtractor
from gancheck.loading.samples import Samples
from gancheck.numerics.features import FeatureSet
from gancheck.numerics.seeding import permutation

LEAST = 80  #: reference samples: a quarter each finds the modes and sets their reach, half is held out
UNLABELLED = 400  #: without labels: in fewer, several modes look like one
MOST = 200_000  #: reference samples used
APART = 0.8  #: share of real samples nearest to their own label's centre, below which labels overlap

Extract = Callable[[Samples, int], Tensor]  #: features of samples, at most so many; cached where it is worth it


class ReferenceRealData(RealData):
    """A reference in four parts: modes are found in one, measured on a second; both are what metrics compare with.

    The other half is held out: the real draw that every number stands beside.
    """

    def __init__(
        self,
        reference: Samples,
        extractor: LoadedExtractor,
        extract: Extract,
        *,
        labels: Tensor | None = None,
        names: tuple[str, ...] = (),
        train: Samples | None = None,
    ) -> None:
        super().__init__()
        self.reference, self.network, self.extract = reference, extractor, extract
        self.like = reference
        self.extractor = extractor.name
        whole = self.sample_set(reference, MOST)
        least = LEAST if labels is not None else UNLABELLED
        if len(whole) < least:
            other = "" if labels is not None else f"; with labels, {LEAST} would do"
            raise BadData(f"{reference.name} holds {len(whole)} samples; a reference needs at least {least}{other}")
        split = permutation(len(whole), torch.device("cpu"), "score", "split")
        self.features = whole.features[split.to(whole.features.device)]
        kept = split[split < len(whole.first_samples)]
        self.places = torch.nonzero(
            split < len(whole.first_samples)
        ).flatten()  #: rows of `features` that are kept as samples
        self.first_samples = whole.first_samples[kept]
        self.labels = labels[whole.rows][split] if labels is not None and whole.rows is not None else None
        self.partition, self.modes_are_natural = self.find_modes(names)
        self.names, self.counts, self.covered = (
            self.partition.names,
            self.partition.counts.cpu(),
            self.partition.covered,
        )
        self.notes = (self.describe_modes(names), *(f"reference: {note}" for note in reference.notes))
        if train is not None:
            side = self.sample_set(train, MOST)
            self.train, self.kept_train = FeatureSet(side.features), side.first_samples

    @property
    def held_out(self) -> int:
        return len(self.features) // 2

    @property
    def facts(self) -> Mapping[str, Any]:
        kind = "labels" if self.labels is not None else "clusters"
        facts = {"reference": self.reference.name, "reference_samples": len(self.features), "modes": len(self.names)}
        return {**facts, "modes_are": kind, "extractor": {"name": self.extractor, **self.network.facts}}

    def sample_set(self, samples: Samples, most: int) -> SampleSet:
        if samples.shape != self.reference.shape:
            raise BadData(
                f"{samples.name}: samples are {describe_shape(samples.shape)}, those of {self.reference.name} are "
                f"{describe_shape(self.reference.shape)}; bring both to one shape"
            )
        features = self.extract(samples, most)
        rows = permutation(len(features), torch.device("cpu"), "score", "samples")
        shuffle(features, rows)
        return SampleSet(features, samples.pick(rows[:KEPT]), self.network.classes(features), rows)

    def modes(self, features: Tensor) -> Modes:
        return self.partition.modes(features)

    def draw(self, pool: Pool, n: int) -> SampleSet:
        start = 0 if pool == "reference" else self.held_out
        rows = range(start, start + min(n, self.held_out))
        features = self.features[rows.start : rows.stop]
        inside = (self.places >= rows.start) & (self.places < rows.stop)
        return SampleSet(features, self.first_samples[inside], self.network.classes(features))

    def find_modes(self, names: tuple[str, ...]) -> tuple[Partition, bool]:
        """The modes, and whether they are the data's own rather than regions of one cloud."""
        quarter = self.held_out // 2
        origin, axes = principal_axes(self.features[:quarter])
        if self.labels is not None:
            label, natural = self.labels[:quarter].to(axes.device), True
        else:
            label, count, natural = cluster((self.features[:quarter].double() - origin) @ axes)
            names = tuple(f"cluster {k + 1}" for k in range(count))
        partition = fit_partition(self.features[:quarter], axes, origin, label, names)
        calibration = self.features[quarter : self.held_out]
        return partition.calibrate(calibration, self.places_of(partition, names, quarter)), natural

    def places_of(self, partition: Partition, names: tuple[str, ...], quarter: int) -> Tensor | None:
        """Place of every calibration sample's label among the modes, -1 where it is left out; None without labels."""
        if self.labels is None:
            return None
        place = {name: k for k, name in enumerate(partition.names)}
        table = torch.tensor([place.get(name, -1) for name in names])
        return table[self.labels[quarter : self.held_out]].to(self.features.device)

    def overlap(self, names: tuple[str, ...]) -> str:
        """A warning where labels do not part the features, so that one can vanish behind another."""
        quarter = self.held_out // 2
        own = self.places_of(self.partition, names, quarter)
        assert own is not None
        nearest, _ = self.partition.nearest(self.partition.project(self.features[quarter : self.held_out]))
        right = float((nearest == own)[own >= 0].double().mean())
        return "" if right >= APART else f"; they overlap: only {right:.0%} of real samples are nearest to their own"

    def describe_modes(self, names: tuple[str, ...]) -> str:
        """What stands in for the modes."""
        if self.labels is not None:
            lost = len(names) - len(self.names)
            left = f"; {lost} with too few samples are left out" if lost else ""
            return f"modes are the {len(self.names)} labels of {self.reference.name}{left}{self.overlap(names)}"
        kind = "clusters" if self.modes_are_natural else "regions (the data has no clear clusters)"
        return f"modes are not known: {len(self.names)} {kind} of {self.reference.name} serve instead"
