"""What a tracker hears of a run: flat parameters, finite numbers, steps in rising order."""

from __future__ import annotations

import math

import torch

from gancheck.bench.trackers.values import POINTS, flatten, trace_points, value_points


class Rows:
    rows = ({"kind": "value", "step": 4, "metric": "modes", "value": 7.0, "real": 8.0}, {"kind": "modes", "step": 4})

    def alarms(self):
        return []


def test_real_data_stands_beside_every_metric() -> None:
    assert list(value_points(Rows())) == [(4, "modes", 7.0), (4, "real/modes", 8.0)]  # type: ignore[arg-type]


def test_nested_parameters_become_names_with_dots() -> None:
    assert dict(flatten({"batch": 64, "adam": {"lr": 0.1, "betas": [0.5, 0.9], "floor": None}})) == {
        "batch": 64,
        "adam.lr": 0.1,
        "adam.betas": "[0.5, 0.9]",
        "adam.floor": "None",
    }


def test_long_signals_are_thinned_to_their_ends_and_what_is_not_measured_is_left_out() -> None:
    loss = torch.arange(1_000.0)
    loss[3] = math.nan
    points = list(trace_points({"loss": loss, "never": torch.full((5,), math.nan)}))
    assert len(points) == POINTS
    assert points[0] == (1, "training/loss", 0.0)
    assert points[-1] == (1_000, "training/loss", 999.0)


def test_short_signals_are_whole() -> None:
    assert [step for step, _, _ in trace_points({"loss": torch.ones(7)})] == [1, 2, 3, 4, 5, 6, 7]
