"""Metrics by name, and the equal views on which a run is measured: samples beside a real draw of the same n."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from gancheck.errors import BadParameter, UnknownName
from gancheck.evaluation.measure import RegisteredMetric
from gancheck.evaluation.real_data.base import RealData, SampleSet
from gancheck.evaluation.view import View
from gancheck.plugins import parameters
from gancheck.plugins.registry import Registry
from gancheck.system.progress import Step, no_progress

COMPARED = 50_000  #: samples at most that metrics compare with as many real ones
ALL, USUAL, CORE = "all", "usual", "core"

#: Groups of metrics: which belong to each, by what their decorators declare.
GROUPS: dict[str, Callable[[Mapping[str, Any]], bool]] = {
    ALL: lambda facts: True,
    USUAL: lambda facts: not facts["slow"],
    CORE: lambda facts: not (facts["slow"] or facts["on_request"]),
}


def select_metrics(registry: Registry, texts: Iterable[str] = ()) -> dict[str, RegisteredMetric]:
    """Metrics by name, `name(parameter=value)` or group; the usual ones unless told. Keys are names in one spelling."""
    chosen: dict[str, RegisteredMetric] = {}
    for text in list(texts) or [USUAL]:
        for name in names_of_group(registry, text) if text in GROUPS else (text,):
            metric = replace(read_metric(registry, name), named=text not in GROUPS)
            if metric.named or metric.label not in chosen:
                chosen[metric.label] = metric
    return chosen


def read_metric_names(metrics: str | Iterable[str], *, quick: bool = False, every: bool = False) -> list[str]:
    """Names and groups of metrics to compute; BadParameter where they contradict each other."""
    named = parameters.split_names(metrics) if isinstance(metrics, str) else list(metrics)
    asked = [names for names in (named, [CORE] * quick, [ALL] * every) if names]
    if len(asked) > 1:
        raise BadParameter("which metrics? give names of metrics, quick or all: one of the three")
    return asked[0] if asked else []


def names_of_group(registry: Registry, group: str) -> list[str]:
    """The metrics of a group."""
    belongs = GROUPS[group]
    return [name for name in registry.names("metric") if belongs(registry.entry("metric", name).info.properties)]


def list_other_metrics(registry: Registry, chosen: Mapping[str, RegisteredMetric]) -> dict[str, RegisteredMetric]:
    """What a group left out; nothing where metrics were chosen by name."""
    if any(metric.named for metric in chosen.values()):
        return {}
    return {name: metric for name, metric in select_metrics(registry, (ALL,)).items() if name not in chosen}


def read_metric(registry: Registry, text: str) -> RegisteredMetric:
    """A metric with its parameters; UnknownName or BadParameter for what does not exist or fit."""
    name, values = parameters.parse_call(text)
    refuse_spelling(registry, name)
    entry = registry.entry("metric", name)
    function, defaults = entry.bind(**values), entry.parameters()
    set_ones = getattr(function, "keywords", {})  # as converted, so that 1 and 1.0 are one spelling
    chosen = {key: set_ones[key] for key in defaults if key in set_ones and set_ones[key] != defaults[key]}
    trusted = entry.thing.__module__.startswith("gancheck.")
    return RegisteredMetric(entry.info, function, parameters.label(name, chosen), trusted=trusted)


def refuse_spelling(registry: Registry, name: str) -> None:
    """UnknownName with what to write, for a printed name with its features or scale, and for names without commas."""
    known = registry.table("metric")
    bare, at, _ = name.partition("@")
    if at and bare in known:
        raise UnknownName(
            f"unknown metric '{name}': name it '{bare}'; what stands behind the @ is chosen by scale "
            "(--scale standard) and features (--features NAME)"
        )
    parts = re.split(r"[\s;+|/]+", name)
    if len(parts) > 1 and all(part in known for part in parts):
        raise UnknownName(f"unknown metric '{name}': commas separate names, as in '{','.join(parts)}'")


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
