"""The contract of a metric."""

from __future__ import annotations

from torch import Tensor

from gancheck.datasets.base import Dataset
from gancheck.evaluation.panel import ViewPairs, metric_inputs, select_metrics
from gancheck.evaluation.real_data.dataset import DatasetRealData
from gancheck.numerics.seeding import generator
from gancheck.plugins.entry import PluginEntry
from gancheck.plugins.registry import Registry
from gancheck.testing.require import require

SAMPLES = 512


def check_metric(entry: PluginEntry, registry: Registry) -> list[str]:
    """It gives one number inside its range, the same twice, for real data and for collapsed samples."""
    dataset: Dataset = registry.build("dataset", "ring8")
    real = dataset.pool("real", SAMPLES, generator("cpu", "contract"))
    notes = []
    for name, samples in (("real data", real), ("one point", real[:1].repeat(SAMPLES, 1))):
        values = [value_of(entry.info.name, samples, dataset, registry) for _ in range(2)]
        require(
            values[0] == values[1], "gave two values for the same samples; draw random numbers from a fixed generator"
        )
        require(is_inside(values[0], entry), f"gave {values[0]}, outside its range")
        notes.append(f"{name}: {'not defined' if values[0] is None else format(values[0], '.3g')}")
    return notes


def value_of(name: str, samples: Tensor, dataset: Dataset, registry: Registry) -> float | None:
    """The metric's value; None where it is not defined for these samples."""
    real_data = DatasetRealData("ring8", dataset)
    pairs = ViewPairs(real_data, real_data.whole(samples), len(samples))
    return next((found.metric(found.view) for found in metric_inputs(pairs, select_metrics(registry, (name,)))), None)


def is_inside(value: float | None, entry: PluginEntry) -> bool:
    """Whether a value lies in the declared range; rounding is forgiven."""
    low, high = entry.info.properties["low"], entry.info.properties["high"]
    return value is None or ((low is None or value >= low - 1e-6) and (high is None or value <= high + 1e-6))
