"""Every metric of a score: its value under the standard definition, and beside it what real data gets."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from gancheck.errors import BadData, BadParameter, GancheckError, did_you_mean
from gancheck.evaluation.comparison import Comparisons, Sizes, met_needs
from gancheck.evaluation.feature_scale import FeatureScale, Scale
from gancheck.evaluation.measure import RegisteredMetric
from gancheck.evaluation.real_data.base import RealData, SampleSet
from gancheck.system.progress import Step, no_progress

FEATURES = ("samples", "reference", "train", "classes", "labels")  #: needs that are met in the features in use
SCALED = ("samples", "reference", "train")  #: needs that are met in the features on a scale of their own

SHOWN = 6  #: names in a note

#: What a need asks of the user.
ASKED = {
    "train": "the training data (--train)",
    "images": "images",
    "classes": "features of a network that gives class probabilities, such as inception",
    "labels": "labels of the samples and of the reference",
}


class Values(dict[str, Any]):
    """Numbers by metric; a name without its features finds the one with them: `values["fid"]` is `fid@classifier`.

    `[]`, `in` and `get` agree about it.
    """

    def key(self, name: object) -> str | None:
        """The key that a name stands for."""
        return next((key for key in self if name in (key, key.partition("@")[0])), None)

    def __missing__(self, name: str) -> Any:
        if key := self.key(name):
            return self[key]
        raise KeyError(f"no metric '{name}' here.{did_you_mean(name, self)}")

    def __contains__(self, name: object) -> bool:
        return self.key(name) is not None

    def get(self, name: str, default: Any = None) -> Any:
        """The value, or `default` where there is no such metric."""
        key = self.key(name)
        return default if key is None else self[key]


@dataclass(eq=False)
class MetricValues:
    """Numbers by column: the metric's name and, where they are not the points as given, the features' and scale's."""

    values: Values = field(default_factory=Values)
    floor: Values = field(default_factory=Values)
    intervals: Values = field(default_factory=Values)
    sizes: Values = field(default_factory=Values)  #: column -> `Sizes`
    seconds: Values = field(default_factory=Values)  #: column -> how long value and floor took
    failures: list[str] = field(default_factory=list)  #: what metrics raised instead of a value, or of real data's
    undefined: list[str] = field(default_factory=list)  #: why metrics asked for by name have none
    scale: FeatureScale | None = None  #: that features were brought to

    @property
    def facts(self) -> dict[str, int | str]:
        """How many samples the values stand for: of those that compare with a reference, the largest sizes."""
        pairs = [size for size in self.sizes.values() if size.reference is not None]
        if not pairs:
            return {}
        most = max(pairs, key=lambda size: (size.n, size.reference))
        return {"reference_used": most.reference, "floor_n": most.floor_n, "floor_reference": most.floor_reference}


def compute_metrics(
    real_data: RealData,
    samples: SampleSet,
    metrics: Mapping[str, RegisteredMetric],
    step: Step = no_progress,
    scale: Scale | None = None,
) -> MetricValues:
    """The values that the real data allows; metrics whose needs it does not meet are left out.

    BadParameter where metrics were asked for by name and none of their needs is met.
    """
    chosen, comparisons = available(real_data, samples, metrics), Comparisons(real_data, samples, scale)
    found = MetricValues(scale=comparisons.scale)
    for done, (name, metric) in enumerate(chosen.items()):
        step(name, done, len(chosen))
        column, start = column_name(name, metric, real_data, scale), time.perf_counter()
        try:
            add_value(found, column, metric, comparisons)
        except GancheckError as error:  # one metric of somebody's own must not cost the answer
            if metric.named and isinstance(error, BadParameter):
                raise BadParameter(f"{name}: {error}") from error
            found.values[column], found.floor[column] = None, None
            found.failures.append(str(error))
        found.seconds[column] = time.perf_counter() - start
    return found


def add_value(found: MetricValues, column: str, metric: RegisteredMetric, comparisons: Comparisons) -> None:
    """One metric's value, interval, floor and sizes."""
    compared = comparisons.of(metric)
    value, ends, why = None, None, "it gives no finite number"
    try:
        value, ends = metric.measure(compared.view)
    except BadData as error:
        why = str(error)
    if value is None and metric.named:
        found.undefined.append(f"{column} is not defined here: {why}")
    found.values[column] = value
    if ends:
        found.intervals[column] = ends
    found.floor[column], extrapolated = None, False
    try:
        found.floor[column], extrapolated = compared.floor(metric)
    except GancheckError as error:
        found.failures.append(f"{column} has no value of real data: {error}")
    found.sizes[column] = replace(compared.sizes, extrapolated=extrapolated)


def available(
    real_data: RealData, samples: SampleSet, metrics: Mapping[str, RegisteredMetric]
) -> dict[str, RegisteredMetric]:
    """The metrics whose needs are met; BadParameter where none of those asked for by name is."""
    met = met_needs(real_data, samples)
    chosen = {name: metric for name, metric in metrics.items() if met[metric.info.properties["needs"]]}
    if not chosen and any(metric.named for metric in metrics.values()):
        raise BadParameter(f"nothing to compute: {'; '.join(say_unmet_needs(metrics, chosen))}")
    return chosen


def say_unmet_needs(metrics: Mapping[str, RegisteredMetric], computed: Iterable[str]) -> Iterator[str]:
    """A line for each metric that was asked for by name and is not computed: what it needs."""
    left = {name: metric for name, metric in metrics.items() if metric.named and name not in set(computed)}
    for name, metric in left.items():
        yield f"{name} needs {ASKED.get(metric.info.properties['needs'], metric.info.properties['needs'])}"


def say_left_out(left: Mapping[str, RegisteredMetric]) -> Iterator[str]:
    """What a group of metrics left out, and how to ask for it."""
    if left:
        yield f"not computed: {list_names(list(left))}; ask for some by name (--metrics NAMES) or for all (--all)"


def column_name(name: str, metric: RegisteredMetric, real_data: RealData, scale: Scale | None = None) -> str:
    """`fid@classifier`, `fid@standard`: numbers in different features are different numbers."""
    needs, parts = metric.info.properties["needs"], []
    if real_data.extractor != "points" and needs in FEATURES:
        parts.append(real_data.extractor)
    if scale is not None and (needs in SCALED or metric.within_classes):
        parts.append(scale)
    return f"{name}@{'-'.join(parts)}" if parts else name


def size_notes(sizes: Mapping[str, Sizes], n: int, real: SampleSet | None) -> Iterator[str]:
    """What of n samples and of the reference (None: it has no end) was used, and for the values of real data."""
    yield from floor_notes(sizes)
    yield from train_notes(sizes)
    m = None if real is None else len(real)
    for (used, reference), names in by_counts(sizes).items():
        parts = [f"{used:,} of {n:,} samples"] if used < n else []
        if m is not None and reference is not None and reference < m:
            parts.append(f"{reference:,} of {m:,} reference samples")
        if parts:
            yield f"{' and '.join(parts)} are compared by {list_names(names)}"


def floor_notes(sizes: Mapping[str, Sizes]) -> Iterator[str]:
    """How the values of real data were come by, where they are not of the samples' own numbers."""
    told: dict[str, list[str]] = {}
    for name, found in sizes.items():
        if (found.floor_n, found.floor_reference) != (found.n, found.reference):
            there, wanted = pair_text(found.floor_n, found.floor_reference), pair_text(found.n, found.reference)
            told.setdefault(there + (f", extrapolated to {wanted}" if found.extrapolated else ""), []).append(name)
    for text, names in told.items():
        yield f"real data: n = {text} ({list_names(names)})"


def train_notes(sizes: Mapping[str, Sizes]) -> Iterator[str]:
    """Metrics that take a part of the training data."""
    for count in sorted({found.train for found in sizes.values() if found.train is not None}):
        names = [name for name, found in sizes.items() if found.train == count]
        yield f"{count:,} training samples, drawn at random, are used by {list_names(names)}"


def list_names(names: list[str]) -> str:
    """Names, the first few of them."""
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more


def pair_text(n: int, m: int | None) -> str:
    """Two sizes for people."""
    return f"{n:,}" if m is None else f"{n:,} against {m:,}"


def by_counts(sizes: Mapping[str, Sizes]) -> dict[tuple[int, int | None], list[str]]:
    """Columns by how many samples and reference samples they were computed of."""
    found: dict[tuple[int, int | None], list[str]] = {}
    for name, size in sizes.items():
        found.setdefault((size.n, size.reference), []).append(name)
    return found
