"""Measuring the generators of a task: samples to rows, each value beside the held-out real draw's at the same n."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from gancheck.bench.spec import metric_names
from gancheck.bench.store import Row
from gancheck.bench.task import Task
from gancheck.datasets.base import Dataset
from gancheck.errors import GancheckError
from gancheck.evaluation.measure import RegisteredMetric
from gancheck.evaluation.panel import MetricInput, ViewPairs, metric_inputs, select_metrics
from gancheck.evaluation.real_data.dataset import DatasetRealData
from gancheck.evaluation.yardsticks import YARDSTICKS
from gancheck.numerics.seeding import generator
from gancheck.plugins.registry import Registry


@dataclass(frozen=True, eq=False)
class TaskEvaluation:
    """The metrics of a task, and its real data, which is drawn once for all runs."""

    real_data: DatasetRealData
    metrics: Mapping[str, RegisteredMetric]
    samples: int

    @classmethod
    def of(cls, task: Task, dataset: Dataset, registry: Registry, device: torch.device) -> TaskEvaluation:
        """With the metrics that the task is measured by."""
        metrics = select_metrics(registry, metric_names(task, registry))
        return cls.with_metrics(dataset, metrics, task.protocol.samples, device)

    @classmethod
    def with_metrics(
        cls, dataset: Dataset, metrics: Mapping[str, RegisteredMetric], samples: int, device: torch.device
    ) -> TaskEvaluation:
        """With these metrics, and so many samples on both sides."""
        real_data = DatasetRealData(
            "data", dataset, device=device, stream="evaluation", drawn_on=device, batch=max(samples, 1), keep=samples
        )
        return cls(real_data, metrics, samples)

    def rows(self, samples: Tensor, step: int, last: bool) -> list[Row]:
        """One row per metric, neighbour metrics only at the last evaluation, and one that counts the modes."""
        chosen = {name: m for name, m in self.metrics.items() if last or m.max_samples is None}
        pairs = self.pairs(samples)
        inputs = {found.name: found for found in metric_inputs(pairs, chosen)}
        counts = pairs.of(None)[0].modes.counts.long().tolist()
        values = [value_row(name, step, inputs.get(name)) for name in chosen]
        return [*values, {"kind": "modes", "step": step, "samples": len(samples), "counts": counts}]

    def pairs(self, samples: Tensor) -> ViewPairs:
        """Samples beside the real row."""
        return ViewPairs(self.real_data, self.real_data.with_features(samples), self.samples)

    @cached_property
    def yardsticks(self) -> list[Row]:
        """Every metric of samples that nobody trained, once: they are the same beside every run."""
        return [row for name in YARDSTICKS for row in self.yardstick_rows(name)]

    def yardstick_rows(self, name: str) -> list[Row]:
        """Every metric of one yardstick."""
        dataset, source = self.real_data.dataset, generator(self.real_data.device, "evaluation", name)
        pairs = self.pairs(YARDSTICKS[name](dataset, self.samples, source))
        values = {found.name: value_or_none(found) for found in metric_inputs(pairs, self.metrics)}
        return [{"kind": "yardstick", "name": name, "metric": m, "value": values.get(m)} for m in self.metrics]


def value_row(name: str, step: int, found: MetricInput | None) -> Row:
    """One value beside the real draw's; empty where the data does not have what the metric needs, and with the reason
    where the metric raises, as it must not cost the run its other numbers."""
    row: Row = {"kind": "value", "step": step, "metric": name, "value": None, "real": None}
    try:
        return row | ({"value": found.metric(found.view), "real": found.real_value} if found else {})
    except GancheckError as error:
        return row | {"error": str(error)}


def value_or_none(found: MetricInput) -> float | None:
    """A metric's value; None where it raises, as what nobody trained must not cost a run."""
    try:
        return found.metric(found.view)
    except GancheckError:
        return None
