"""What each metric of a score is computed of: all samples against all of the reference, and real data beside it.

Metrics of modes, and those that ask for a yardstick, compare equal numbers instead: samples, as many real ones that
were held out, and as many that both are held against.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from gancheck.evaluation.class_sizes import (
    count_made_for_modes,
    large_classes,
    require_same_classes,
    size_within_classes,
)
from gancheck.evaluation.feature_scale import FeatureScale, Scale
from gancheck.evaluation.floor import ENOUGH, RealSplits, divide, extrapolate, size
from gancheck.evaluation.measure import RegisteredMetric
from gancheck.evaluation.panel import COMPARED, ViewPairs
from gancheck.evaluation.real_data.base import RealData, SampleSet
from gancheck.evaluation.sides import Side, view_of
from gancheck.evaluation.view import View
from gancheck.numerics.features import FeatureSet, Memo
from gancheck.numerics.seeding import permutation

#: Times a metric's `max_samples` that a score takes on each side: it is computed once, and a run's for every seed.
ONCE = 2
SCALED_BY = 10_000  #: real samples that set the scale, where there are as many as are asked for
ALONE = ("samples", "images", "classes")  #: needs of metrics that look at samples alone


@dataclass(frozen=True)
class Sizes:
    """How many samples a value was computed of, and its floor."""

    n: int  #: samples
    reference: int | None  #: real samples that they are held against; None: none are
    floor_n: int  #: the real draw
    floor_reference: int | None  #: and what that is held against
    extrapolated: bool = False  #: whether the floor was brought from there to the sizes of the value
    train: int | None = None  #: training samples, where the metric takes a random part of them

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def count_samples(view: View) -> int:
    """All of a view's samples."""
    return len(view.samples)


@dataclass(frozen=True, eq=False)
class Comparison:
    """The views of one metric."""

    view: View  #: samples
    real: View  #: a real draw
    splits: RealSplits | None = None  #: where the real draw is too small
    count: Callable[[View], int] = count_samples  #: how many of a view's samples are used
    train: int | None = None  #: training samples, where they are a part

    @property
    def sizes(self) -> Sizes:
        """Of both."""
        (n, reference), (floor_n, floor_reference) = (
            (self.count(view), None if view.reference is None else len(view.reference))
            for view in (self.view, self.real)
        )
        return Sizes(n, reference, floor_n, floor_reference, train=self.train)

    def floor(self, metric: RegisteredMetric) -> tuple[float | None, bool]:
        """The metric of real data, and whether it was extrapolated; BadData where real data lacks classes for it."""
        there = self.share_within_classes() if metric.within_classes else None
        extrapolated = extrapolate(self.splits, metric, there) if self.splits else None
        return (self.real.cached(metric), False) if extrapolated is None else (extrapolated, True)

    def share_within_classes(self) -> float:
        """Size of the real pair over that of the samples', within the classes that are compared; BadData without one.

        Classes of samples may have other shares than real ones.
        """
        require_same_classes(self.view, self.real)
        classes = self.view.cached(large_classes)
        wanted, there = (size_within_classes(view, classes) for view in (self.view, self.real))
        return there / wanted if classes else 1.0


class Comparisons(Memo):
    """Comparisons by metric; metrics that ask for the same share one. With a scale, features are brought to it."""

    def __init__(self, real_data: RealData, samples: SampleSet, scale: Scale | None = None) -> None:
        super().__init__()
        self.real_data = real_data
        held_out = min(len(samples), real_data.held_out or len(samples), COMPARED)
        self.pairs = ViewPairs(real_data, samples, held_out)
        self.scale = None if scale is None else FeatureScale.fit(scale_source(real_data), scale)
        self.samples = Side(self.on_scale(samples))
        self.train = real_data.train if self.scale is None else self.cached(scaled_train)

    def on_scale(self, side: SampleSet) -> SampleSet:
        """As it came, or with features on the scale."""
        return side if self.scale is None else self.scale.of(side)

    def real_side(self, given: SampleSet) -> Side:
        """Real samples; with their labels where samples have some."""
        labels = self.real_data.classes_of(given) if self.samples.given.labels is not None else None
        return Side(self.on_scale(replace(given, labels=labels)))

    def of(self, metric: RegisteredMetric) -> Comparison:
        """What this metric is computed of."""
        needs, limit = metric.info.properties["needs"], limit_of(metric)
        if needs == "modes":
            return Comparison(*self.pairs.of(metric.max_samples))
        if needs == "labels" and not metric.within_classes:
            return Comparison(*self.pairs.of(metric.max_samples), count=count_made_for_modes)
        if metric.info.properties.get("yardstick"):
            return self.cached(equal_sizes, limit)
        if needs in ALONE:
            return self.cached(samples_alone, needs == "images", limit)
        steep = needs == "train" and metric.info.properties.get("steep")
        return self.cached(against_reference, limit, metric.max_samples if steep else None)


def limit_of(metric: RegisteredMetric) -> int | None:
    """Most samples on either side; None: all.

    A metric that compares all pairs takes twice its `max_samples`, and 50,000 where it is asked for by name; one whose
    cost grows faster still takes no more than these, and no more of the training data. Training data is searched for
    50,000 samples.
    """
    most, properties = metric.max_samples, metric.info.properties
    if most is None:
        return COMPARED if properties["needs"] == "train" else None
    if properties.get("steep"):
        return most
    return max(most, COMPARED) if metric.named else ONCE * most


def against_reference(comparisons: Comparisons, limit: int | None, most_train: int | None = None) -> Comparison:
    """All samples against all of the reference; `most_train` is the most of the training data, None: all."""
    train = comparisons.cached(training_part, most_train)
    samples = comparisons.samples if limit is None else comparisons.samples.head(limit)
    n = len(samples)
    everything = comparisons.cached(all_real)
    if everything is None:
        reference, real = (comparisons.cached(draw_side, pool, n, limit) for pool in ("reference", "real"))
        rest = reference
    else:
        reference = everything if limit is None else everything.head(limit)
        a, b = divide(len(everything), n, len(reference))
        real, rest = everything.part(slice(0, a)), everything.part(slice(a, a + (b or 0)))
    made = comparison(train, samples, reference, real, rest)
    return made if train is comparisons.train else replace(made, train=most_train)


def samples_alone(comparisons: Comparisons, pictured: bool, limit: int | None) -> Comparison:
    """All samples, and as many real ones; for metrics that look at pixels, those that are kept as they are."""
    everything = comparisons.cached(kept_real if pictured else all_real)
    whole = comparisons.samples.head(len(comparisons.samples.given.first_samples)) if pictured else comparisons.samples
    samples = whole if limit is None else whole.head(limit)
    real = comparisons.cached(draw_side, "real", len(samples), limit) if everything is None else everything
    return comparison(comparisons.train, samples, None, real.head(len(samples)), None)


def comparison(
    train: FeatureSet | None, samples: Side, reference: Side | None, real: Side, real_reference: Side | None
) -> Comparison:
    """Samples against a reference, and real data against real data; within classes, in those of the samples."""
    view = view_of(samples, reference, train)
    if reference is not None and real_reference is not None and samples.given.labels is not None:
        kept = view.cached(large_classes)
        real, real_reference = real.of_classes(kept), real_reference.of_classes(kept)
    wanted, there = (
        size(len(a), None if b is None else len(b)) for a, b in ((samples, reference), (real, real_reference))
    )
    splits = RealSplits(real, real_reference, train, there / wanted) if there < ENOUGH * wanted else None
    own = splits.split(0).whole if splits else view_of(real, real_reference, train)
    return Comparison(view, own, splits)


def equal_sizes(comparisons: Comparisons, limit: int | None) -> Comparison:
    """Equal numbers: samples, held-out real ones, and those that both are held against."""
    n = min(limit or len(comparisons.samples), comparisons.real_data.held_out or len(comparisons.samples))
    reference, real = (comparisons.cached(draw_side, pool, n, limit) for pool in ("reference", "real"))
    n = min(n, len(reference), len(real))
    yardstick = view_of(real.head(n), reference.head(n), comparisons.train)
    yardstick.yardstick = yardstick
    samples = comparisons.samples.head(n)
    return Comparison(view_of(samples, None, comparisons.train, yardstick), yardstick)


def draw_side(comparisons: Comparisons, pool: Any, n: int, limit: int | None) -> Side:
    """Real samples of one pool; without repeats for metrics that compare neighbours, which have a limit."""
    real_data = comparisons.real_data
    return comparisons.real_side(real_data.draw(pool, n) if limit is None else real_data.distinct(pool, n))


def all_real(comparisons: Comparisons) -> Side | None:
    """The whole reference; None where real samples are endless."""
    whole = comparisons.real_data.all_samples()
    return None if whole is None else comparisons.real_side(whole)


def kept_real(comparisons: Comparisons) -> Side | None:
    """The reference's samples that are kept as they are; None where real samples are endless."""
    kept = comparisons.real_data.kept_samples()
    return None if kept is None else comparisons.real_side(kept)


def scale_source(real_data: RealData) -> Any:
    """(m, d) features that set the scale, the same whatever the number of samples."""
    whole = real_data.all_samples()
    return (real_data.draw("reference", SCALED_BY) if whole is None else whole).features


def training_part(comparisons: Comparisons, most: int | None) -> FeatureSet | None:
    """The training data, or so many of it drawn at random, since it may be sorted."""
    train = comparisons.train
    if train is None or most is None or most >= len(train):
        return train
    rows = permutation(len(train), train.x.device, "score", "training data")
    return FeatureSet(train.x[rows[:most]], train.chunk)


def scaled_train(comparisons: Comparisons) -> FeatureSet | None:
    """The training data on the scale."""
    train, scale = comparisons.real_data.train, comparisons.scale
    return train if train is None or scale is None else FeatureSet(scale.apply(train.x), train.chunk)


def met_needs(real_data: RealData, samples: SampleSet) -> Mapping[str, bool]:
    """Which needs of metrics the data meets."""
    labelled = samples.labels is not None and bool(real_data.label_names)
    return {
        **dict.fromkeys(("samples", "reference", "modes"), True),
        "train": real_data.train is not None,
        "images": samples.first_samples.dim() == 4,
        "classes": samples.classes is not None,
        "labels": labelled,
    }
