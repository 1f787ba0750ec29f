"""Real samples that a user gives, as real data: split into parts, with labels or clusters for modes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

from gancheck.errors import BadData
from gancheck.evaluation.modes import Modes
from gancheck.evaluation.real_data.base import MOST, Pool, RealData, SampleSet, kept_samples, shuffle
from gancheck.evaluation.real_data.clustering import cluster
from gancheck.evaluation.real_data.column_scale import ColumnScale
from gancheck.evaluation.real_data.partition import FEWEST, NOTHING, Partition, along, fit_partition, principal_axes
from gancheck.evaluation.view import View
from gancheck.extractors.loaded import LoadedExtractor
from gancheck.loading.samples import Samples, shape_advice
from gancheck.numerics.features import FeatureSet, feature_set
from gancheck.numerics.seeding import permutation
from gancheck.system.counts import choose_verb, say_count

LEAST = 20  #: reference samples
UNLABELLED = 400  #: without labels: in fewer, several modes look like one
MINOR = 0.05  #: of the largest variance, where columns are on one scale: whitened, such axes would hide the others
COMMON = 0.5  #: of the samples, in labels that are not too rare, from which on labels are the modes
APART = 0.8  #: share of real samples nearest to their own label's centre, below which labels overlap
NOTICED = 1e-3  #: of a constant, or of the columns' usual scale where it is 0: less than this is no departure

Extract = Callable[[Samples, int], Tensor]  #: features of samples, at most so many; cached where it is worth it


class ReferenceRealData(RealData):
    """A reference in four parts: modes are found in one, measured on a second; the other half is held out.

    The held-out half is the real draw that the verdict compares with. The verdict looks at columns that are brought to
    one scale; images, whose features have no units of their own, stay as they are.
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
        if len(whole) < LEAST:
            raise BadData(
                f"{reference.name} holds {say_count(len(whole), 'sample')}; a reference needs at least {LEAST}"
            )
        split = split_in_two(len(whole), len(whole.first_samples))
        self.features = whole.features
        shuffle(self.features, split)
        kept = split[split < len(whole.first_samples)]
        self.places = torch.nonzero(
            split < len(whole.first_samples)
        ).flatten()  #: rows of `features` that are kept as samples
        self.first_samples = whole.first_samples[kept]
        self.labels = labels[whole.rows][split] if labels is not None and whole.rows is not None else None
        self.scale = None if reference.is_image else fit_scale(self.features)
        self.standard = self.standardise(self.features)
        self.labels_are_modes = self.has_common_labels()
        self.partition, self.modes_are_natural = self.find_modes(names)
        self.names, self.covered = self.partition.names, self.partition.covered
        self.label_names = names
        self.counts = self.count_modes()
        self.limits = self.describe_limits()
        self.notes = (
            self.describe_modes(names),
            *(f"reference: {note}" for note in reference.notes),
            *extractor.describe_rules(),
        )
        if train is not None:
            side = self.sample_set(train, MOST)
            self.train, self.kept_train = feature_set(side.features), side.first_samples
            self.notes += tuple(f"training data: {note}" for note in train.notes)

    @property
    def held_out(self) -> int:
        return len(self.features) // 2

    def standardise(self, features: Tensor) -> Tensor:
        return features if self.scale is None else self.scale.apply(features)

    def verdict_row(self, n: int) -> View:
        return self.cached(draw_standard_row, n)

    def verdict_view(self, side: SampleSet, yardstick: View) -> View:
        features = self.standardise(side.features)
        return View(features, yardstick=yardstick, modes=self.partition.modes(features))

    @property
    def verdict_train(self) -> FeatureSet | None:
        return None if self.train is None else self.cached(standardise_train)

    def directions(self, features: Tensor) -> Tensor:
        axes = self.partition.project(features).double()
        return axes if self.scale is None else torch.cat([features.double(), axes], 1)

    def off_axes(self, features: Tensor) -> Tensor:
        return self.partition.off(features)[:, None] if self.partition.leaves_some_out else features[:, :0].double()

    def direction_names(self) -> tuple[str, ...]:
        axes = tuple(f"principal axis {k + 1}" for k in range(self.partition.axes.shape[1]))
        off = ("the directions off the principal axes",) if self.partition.leaves_some_out else ()
        return (*self.column_names(), *axes, *off)

    def column_names(self) -> tuple[str, ...]:
        """Of the columns that vary, where they are compared one by one."""
        if self.scale is None:
            return ()
        names = self.reference.columns or tuple(f"{k + 1}" for k in range(self.features.shape[1]))
        names = names if len(names) == len(self.scale.varies) else tuple(map(str, range(1, len(self.scale.varies) + 1)))
        return tuple(f"column {names[k]}" for k in torch.nonzero(self.scale.varies).flatten().tolist())

    def departures(self, features: Tensor) -> Tensor | None:
        if self.scale is None or bool(self.scale.varies.all()):
            return None
        constant = ~self.scale.varies
        known = self.scale.centre[constant]
        usual = self.scale.scale[self.scale.varies].median()
        reach = NOTICED * torch.where(known == 0, usual, known.abs())
        return ((features[:, constant].double() - known).abs() > reach).any(1)

    def count_modes(self) -> Tensor:
        """(K,) high-quality real samples beyond those that the modes were found in."""
        rest = self.standard[self.held_out // 2 :]
        return self.partition.modes(rest).counts.cpu().clamp_min(0.5)

    def describe_limits(self) -> str:
        """Why finding nothing says little."""
        n = len(self.features)
        if not self.labels_are_modes and n < UNLABELLED:
            return f"{n} reference samples are too few to tell modes: give {UNLABELLED}, or labels"
        return ""

    @property
    def facts(self) -> Mapping[str, Any]:
        kind = "labels" if self.labels_are_modes else "clusters"
        facts = {"reference": self.reference.name, "reference_samples": len(self.features), "modes": len(self.names)}
        return {**facts, "modes_are": kind, "extractor": {"name": self.extractor, **self.network.facts}}

    def sample_set(self, samples: Samples, most: int) -> SampleSet:
        if samples.shape != self.reference.shape:
            raise BadData(
                f"{samples.name}: samples are {samples.form}, those of {self.reference.name} are "
                f"{self.reference.form}; {shape_advice(samples, self.reference)}"
            )
        features = self.extract(samples, most)
        rows = permutation(len(features), torch.device("cpu"), "score", "samples")
        shuffle(features, rows)
        return SampleSet(
            features, samples.pick(rows[: kept_samples(samples.shape)]), self.network.classes(features), rows
        )

    def modes(self, features: Tensor) -> Modes:
        return self.partition.modes(self.standardise(features))

    def draw(self, pool: Pool, n: int) -> SampleSet:
        start = 0 if pool == "reference" else self.held_out
        return self.part(range(start, start + min(n, self.held_out)))

    def all_samples(self) -> SampleSet:
        return self.cached(ReferenceRealData.part, range(len(self.features)))

    def kept_samples(self) -> SampleSet:
        rows = self.places.to(self.features.device)
        features = self.features[rows]
        labels = None if self.labels is None else self.class_numbers()[self.labels[self.places]]
        return SampleSet(features, self.first_samples, self.network.classes(features), labels=labels)

    def part(self, rows: range) -> SampleSet:
        """Reference samples from one row to another."""
        features = self.features[rows.start : rows.stop]
        inside = (self.places >= rows.start) & (self.places < rows.stop)
        labels = None if self.labels is None else self.class_numbers()[self.labels[rows.start : rows.stop]]
        return SampleSet(features, self.first_samples[inside], self.network.classes(features), labels=labels)

    def class_numbers(self) -> Tensor:
        """(C,) number of each label among the class names."""
        place = {name: k for k, name in enumerate(self.class_names)}
        return torch.tensor([place[name] for name in self.label_names])

    def has_common_labels(self) -> bool:
        """Whether labels that are on enough of the fitting samples hold half of them together."""
        if self.labels is None:
            return False
        count = torch.bincount(self.labels[: self.held_out // 2])
        return bool(count[count >= FEWEST].sum() >= COMMON * count.sum())

    def find_modes(self, names: tuple[str, ...]) -> tuple[Partition, bool]:
        """The modes, and whether they are the data's own rather than regions of one cloud."""
        quarter = self.held_out // 2
        if bool((self.standard[:quarter] == self.standard[0]).all()):
            return self.one_region(), False
        origin, axes = principal_axes(self.standard[:quarter], NOTHING if self.scale is None else MINOR)
        label, names, least, natural = self.group(names, along(self.standard[: self.held_out], origin, axes))
        partition = fit_partition(self.standard[:quarter], axes, origin, label[:quarter], names, least)
        calibration = self.standard[quarter : self.held_out]
        return partition.calibrate(calibration, self.places_of(partition, names, quarter)), natural

    def one_region(self) -> Partition:
        """Where the fitting samples are one point over and over, as few samples may be: all as one."""
        origin, axes = principal_axes(self.standard)
        label = torch.zeros(len(self.standard), dtype=torch.int64, device=axes.device)
        self.labels_are_modes = False
        return fit_partition(self.standard, axes, origin, label, ("all",), 1).calibrate(self.standard[: self.held_out])

    def group(self, names: tuple[str, ...], projected: Tensor) -> tuple[Tensor, tuple[str, ...], int, bool]:
        """Mode of each sample in the first half, the names, the least samples of each, and whether they are natural."""
        if self.labels is not None and self.labels_are_modes:
            return self.labels[: len(projected)].to(projected.device), names, FEWEST, True
        if len(self.features) < UNLABELLED:
            return torch.zeros(len(projected), dtype=torch.int64, device=projected.device), ("all",), 1, False
        label, count, natural = cluster(projected)
        return label, tuple(f"cluster {k}" for k in range(count)), 1, natural

    def places_of(self, partition: Partition, names: tuple[str, ...], quarter: int) -> Tensor | None:
        """Place of every calibration sample's label among the modes, -1 where it is left out; None without such."""
        if self.labels is None or not self.labels_are_modes:
            return None
        place = {name: k for k, name in enumerate(partition.names)}
        table = torch.tensor([place.get(name, -1) for name in names])
        return table[self.labels[quarter : self.held_out]].to(self.standard.device)

    def overlap(self, names: tuple[str, ...]) -> str:
        """A warning where labels do not part the features, so that one can vanish behind another."""
        quarter = self.held_out // 2
        own = self.places_of(self.partition, names, quarter)
        assert own is not None
        nearest, _ = self.partition.nearest(self.partition.project(self.standard[quarter : self.held_out]))
        right = float((nearest == own)[own >= 0].double().mean())
        return "" if right >= APART else f"; they overlap: only {right:.0%} of real samples are nearest to their own"

    def describe_modes(self, names: tuple[str, ...]) -> str:
        """What stands in for the modes."""
        if self.labels_are_modes:
            lost = len(names) - len(self.names)
            are = choose_verb(len(self.names), "the mode is", "modes are")
            left = f"; {lost} with too few samples {choose_verb(lost, 'is', 'are')} left out" if lost else ""
            return (
                f"{are} the {say_count(len(self.names), 'label')} of {self.reference.name}{left}{self.overlap(names)}"
            )
        kind = say_count(len(self.names), "cluster" if self.modes_are_natural else "region")
        unclear = "" if self.modes_are_natural else " (the data has no clear clusters)"
        serve = choose_verb(len(self.names), "serves", "serve")
        why = "are not known" if self.labels is None else f"would need {4 * FEWEST} samples of a label"
        return f"modes {why}: {kind}{unclear} of {self.reference.name} {serve} instead"


def fit_scale(features: Tensor) -> ColumnScale:
    """From the first half of the reference, or from all of it where that half is one point over and over."""
    half = features[: len(features) // 2]
    return ColumnScale.fit(features if bool((half == half[0]).all()) else half)


def split_in_two(count: int, kept: int) -> Tensor:
    """(count,) rows in random order; in both halves those that are kept as samples, below `kept`, come first."""
    split = permutation(count, torch.device("cpu"), "score", "split")
    halves = split[: count // 2], split[count // 2 :]
    return torch.cat([half[(half >= kept).int().argsort(stable=True)] for half in halves])


def draw_standard_row(real_data: ReferenceRealData, n: int) -> View:
    """A held-out draw against the first half, both as the verdict compares them."""
    half = real_data.held_out
    real, reference = real_data.standard[half : half + min(n, half)], real_data.standard[: min(n, half)]
    view = View(real, reference, modes=real_data.partition.modes(real))
    view.yardstick = view
    return view


def standardise_train(real_data: ReferenceRealData) -> FeatureSet:
    """The training data as the verdict compares it."""
    assert real_data.train is not None
    return feature_set(real_data.standardise(real_data.train.x))
