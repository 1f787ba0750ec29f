"""The contract of a metric."""

from __future__ import annotations

from dataclasses import replace

from torch import Tensor

from gancheck.datasets.base import Dataset
from gancheck.errors import BadPlugin
from gancheck.evaluation.comparison import Comparisons
from gancheck.evaluation.panel import ViewPairs, metric_inputs, select_metrics
from gancheck.evaluation.real_data.dataset import DatasetRealData
from gancheck.numerics.seeding import generator
from gancheck.plugins.entry import PluginEntry
from gancheck.plugins.registry import Registry
from gancheck.testing.require import require

SAMPLES = 512


def check_metric(entry: PluginEntry, registry: Registry) -> list[str]:
    """It gives one number inside its range, the same twice, for real data and for collapsed samples.

    Tried on points, or on images where points do not have what the metric needs.
    """
    for name in ("ring8", "digits"):
        if notes := try_dataset(entry, registry, name):
            return notes
    raise BadPlugin(f"needs {entry.info.properties['needs']}, which neither points nor images have here")


def try_dataset(entry: PluginEntry, registry: Registry, name: str) -> list[str]:
    """What it gives on one dataset; nothing where the dataset does not have what it needs."""
    dataset: Dataset = registry.build("dataset", name)
    real = dataset.pool("real", SAMPLES, generator("cpu", "contract"))
    repeated = real[:1].repeat(SAMPLES, *[1] * (real.dim() - 1))
    notes = []
    for what, samples in (("real data", real), ("one point", repeated)):
        values = [found for _ in range(2) for found in values_of(entry.info.name, samples, dataset, registry)]
        if not values:
            return []
        require(
            values[0] == values[1], "gave two values for the same samples; draw random numbers from a fixed generator"
        )
        require(is_inside(values[0], entry), f"gave {values[0]}, outside its range")
        require(
            values[0] is None or standard_value(entry.info.name, samples, dataset, registry) is not None,
            "has no value of all samples against all of a reference; one that reads view.real_row says yardstick=True, "
            "and one that reads view.real does not need samples alone",
        )
        notes.append(f"{what}: {'not defined' if values[0] is None else format(values[0], '.3g')}")
    return notes


def values_of(name: str, samples: Tensor, dataset: Dataset, registry: Registry) -> list[float | None]:
    """The metric's value, None where it is not defined; nothing where its needs are not met."""
    real_data = DatasetRealData("data", dataset)
    side = real_data.with_features(samples)
    pairs = ViewPairs(real_data, replace(side, labels=real_data.classes_of(side)), len(samples))
    return [found.metric(found.view) for found in metric_inputs(pairs, select_metrics(registry, (name,)))]


def standard_value(name: str, samples: Tensor, dataset: Dataset, registry: Registry) -> float | None:
    """The metric as `gancheck score` computes it."""
    real_data = DatasetRealData("data", dataset)
    side = real_data.with_features(samples)
    metric = select_metrics(registry, (name,))[name]
    return metric(Comparisons(real_data, replace(side, labels=real_data.classes_of(side))).of(metric).view)


def is_inside(value: float | None, entry: PluginEntry) -> bool:
    """Whether a value lies in the declared range; rounding is forgiven."""
    low, high = entry.info.properties["low"], entry.info.properties["high"]
    return value is None or ((low is None or value >= low - 1e-6) and (high is None or value <= high + 1e-6))
