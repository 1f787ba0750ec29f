"""Many metrics at once: every value beside the real draw's at the same n, each on views of the size it asks for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from gancheck.errors import GancheckError, did_you_mean
from gancheck.evaluation.measure import RegisteredMetric
from gancheck.evaluation.real_data.base import RealData, SampleSet
from gancheck.evaluation.view import View
from gancheck.plugins import parameters
from gancheck.plugins.registry import Registry
from gancheck.system.progress import Step, no_progress

COMPARED = 50_000  #: samples at most that metrics compare with as many real ones
FEATURES = ("samples", "reference", "train", "classes")  #: needs that are met in the features in use


class MetricValues(NamedTuple):
    """Numbers by column, which is the metric's name and, for features other than the points themselves, theirs."""

    values: Mapping[str, float | None]
    floor: Mapping[str, float | None]
    intervals: Mapping[str, tuple[float, float]]
    failures: tuple[str, ...] = ()  #: what metrics raised instead of a value


def select_metrics(registry: Registry, texts: Iterable[str] = ()) -> dict[str, RegisteredMetric]:
    """Metrics by name, or `name(parameter=value)`; all of them unless named. Keys are the texts in one spelling."""
    chosen = [read_metric(registry, text) for text in texts or registry.names("metric")]
    return {metric.label: metric for metric in chosen}


def read_metric(registry: Registry, text: str) -> RegisteredMetric:
    """A metric with its parameters; UnknownName or BadParameter for what does not exist or fit."""
    name, values = parameters.parse_call(text)
    entry = registry.entry("metric", name)
    function, defaults = entry.bind(**values), entry.parameters()
    set_ones = getattr(function, "keywords", {})  # as converted, so that 1 and 1.0 are one spelling
    chosen = {key: set_ones[key] for key in defaults if key in set_ones and set_ones[key] != defaults[key]}
    return RegisteredMetric(entry.info, function, parameters.label(name, chosen))


class ViewPairs:
    """Views of samples and of the real row, of one size; each is made once."""

    def __init__(self, real_data: RealData, samples: SampleSet, size: int) -> None:
        self.real_data, self.samples, self.size = real_data, samples, size
        self.pairs: dict[int | None, tuple[View, View]] = {}

    def of(self, limit: int | None) -> tuple[View, View]:
        """All of them, or at most so many, and then without repeats in the real row."""
        if limit not in self.pairs:
            real_data, size = self.real_data, self.size
            real = real_data.real_row(size) if limit is None else real_data.distinct_row(min(limit, size))
            self.pairs[limit] = real_data.view(self.samples.head(len(real.samples)), real), real
        return self.pairs[limit]


class MetricInput(NamedTuple):
    """What one metric is to be computed of."""

    name: str
    metric: RegisteredMetric
    view: View
    real: View  #: the real row of the same n

    @property
    def real_value(self) -> float | None:
        """The real row's value, computed once."""
        return self.real.cached(self.metric)


def metric_inputs(
    pairs: ViewPairs, metrics: Mapping[str, RegisteredMetric], step: Step = no_progress
) -> Iterator[MetricInput]:
    """Every metric whose needs are met, with the views that it asks for."""
    for done, (name, metric) in enumerate(metrics.items()):
        step(name, done, len(metrics))
        view, real = pairs.of(metric.max_samples)
        if metric.info.properties["needs"] in view.offers:
            yield MetricInput(name, metric, view, real)


def compute_metrics(
    real_data: RealData, samples: SampleSet, metrics: Mapping[str, RegisteredMetric], step: Step = no_progress
) -> MetricValues:
    """The values that the real data allows; metrics whose needs it does not meet are left out."""
    values, floor, intervals, failures = Values(), Values(), Values(), []
    size = min(len(samples), real_data.held_out or len(samples), COMPARED)
    for found in metric_inputs(ViewPairs(real_data, samples, size), metrics, step):
        column, ends = column_name(found.name, found.metric, real_data), None
        try:
            values[column], ends = found.metric.estimate(found.view)
            floor[column] = found.real_value
        except GancheckError as error:  # one metric of somebody's own must not cost the answer
            values[column], floor[column], ends = None, None, None
            failures.append(str(error))
        if ends:
            intervals[column] = ends
    return MetricValues(values, floor, intervals, tuple(failures))


def column_name(name: str, metric: RegisteredMetric, real_data: RealData) -> str:
    """`fid@classifier`: numbers in different features are different numbers."""
    plain = real_data.extractor == "points" or metric.info.properties["needs"] not in FEATURES
    return name if plain else f"{name}@{real_data.extractor}"


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
