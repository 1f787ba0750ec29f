"""Tasks of a suite: how a plug-in is written, what a task is called, and numbers that mean nothing."""

from __future__ import annotations

import math
from typing import Any

import pytest

from gancheck.bench.task import EvaluationProtocol, PluginSpec, Task
from gancheck.errors import BadParameter, BadSuite, GancheckError
from gancheck.plugins.registry import Registry

RING, MLP = PluginSpec("ring", {"modes": 5}), PluginSpec("mlp", {"width": 8})


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("ring8", PluginSpec("ring8")),
        ("ring(modes=5)", RING),
        ({"name": "ring", "modes": 5}, RING),
        ({"name": "ring"}, PluginSpec("ring")),
    ],
)
def test_a_plug_in_is_written_as_a_name_a_call_or_a_table(written: Any, read: PluginSpec) -> None:
    assert PluginSpec.read(written, "dataset") == read


@pytest.mark.parametrize("written", [8, None, ["ring"], {}, {"modes": 5}, {"name": 3}])
def test_what_has_no_name_is_no_plug_in(written: Any) -> None:
    with pytest.raises(BadSuite, match="dataset must be a name or a table with a name, not"):
        PluginSpec.read(written, "dataset")


def test_a_call_that_is_left_open_is_refused() -> None:
    with pytest.raises(GancheckError, match=r"write it as ring\(parameter=value, ...\)"):
        PluginSpec.read("ring(modes=5", "dataset")


def test_a_task_builds_what_it_names(registry: Registry) -> None:
    task = Task("circle", RING, MLP)
    assert len(task.build_dataset(registry).weights) == 5
    assert task.build_gan(registry).width == 8  # type: ignore[attr-defined]


@pytest.mark.parametrize(("title", "label"), [("", "circle/mlp"), ("mlp(width=8)", "circle/mlp(width=8)")])
def test_a_task_is_called_by_its_data_and_its_gan(title: str, label: str) -> None:
    assert Task("circle", RING, MLP, title=title).label == label


@pytest.mark.parametrize("level", [0.0, -1.0, math.inf, math.nan])
def test_levels_of_a_knob_are_above_zero(level: float) -> None:
    with pytest.raises(BadParameter, match="levels of a knob are above 0, and more is harder"):
        Task("circle", RING, MLP, knob="modes", level=level)


def test_a_hundred_samples_are_the_least_that_mean_anything() -> None:
    assert EvaluationProtocol(samples=100).samples == 100
    with pytest.raises(BadParameter, match="samples = 99: under 100 no metric means anything"):
        EvaluationProtocol(samples=99)
