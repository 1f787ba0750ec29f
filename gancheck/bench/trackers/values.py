"""What a tracker hears of a run, from the store alone: its parameters, and its numbers step by step."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import torch
from torch import Tensor

from gancheck.bench.run_spec import RunSpec
from gancheck.bench.store import Run
from gancheck.bench.trackers.base import Parameters

POINTS = 100  #: of each training signal at most, evenly apart: enough for a curve
Steps = dict[int, dict[str, float]]  #: step -> name -> number


def run_parameters(spec: RunSpec) -> Parameters:
    """Everything that decides a run's numbers, flat: `dataset.sigma`, `settings.batch`, `budget.steps`."""
    training = spec.training
    plugins = {"dataset": training.dataset, "gan": training.gan, **{part.name: part for part in training.recipe}}
    values: dict[str, str | int | float | bool] = {
        "task": spec.task,
        "recipe": spec.recipe,
        "seed": spec.seed,
        "run_id": spec.run_id,
    }
    tables = {name: plugin.parameters for name, plugin in plugins.items()}
    tables |= {"settings": training.settings, "budget": training.budget}
    facts = {"device": training.device, "path": training.path, "torch": training.torch}
    return {**values, **dict(flatten(tables)), **facts}


def flatten(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str | int | float | bool]]:
    """The leaves of nested tables with their ways in; what is neither number nor text is spelt out."""
    for key, value in table.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping):
            yield from flatten(value, f"{name}.")
        else:
            yield name, value if isinstance(value, str | int | float | bool) else str(value)


def run_metrics(run: Run, trace: Mapping[str, Tensor]) -> Iterator[tuple[int, dict[str, float]]]:
    """Step, and every finite number of it: metrics with the real draw's, alarms' statistics, signals of training."""
    steps: Steps = {}
    for step, name, value in (*value_points(run), *trace_points(trace)):
        if value is not None and math.isfinite(value):
            steps.setdefault(step, {})[name] = float(value)
    yield from sorted(steps.items())


def value_points(run: Run) -> Iterator[tuple[int, str, float | None]]:
    """Of the store's rows."""
    for row in run.rows:
        if row["kind"] == "value":
            yield row["step"], row["metric"], row["value"]
            yield row["step"], f"real/{row['metric']}", row["real"]
    for alarm in run.alarms():
        yield alarm.step, f"alarm/{alarm.detector}", alarm.statistic


def trace_points(trace: Mapping[str, Tensor]) -> Iterator[tuple[int, str, float]]:
    """Of the signals that training kept: those that were measured, thinned."""
    for name, signal in trace.items():
        measured = signal.isfinite().nonzero().flatten()
        picked = torch.linspace(0, len(measured) - 1, min(POINTS, len(measured))).round().long()
        for place in measured[picked].tolist():
            yield place + 1, f"training/{name}", signal[place].item()
