"""Metrics as they are called: a number, an honest nothing, or an error that names the metric."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from torch import Tensor

from gancheck.errors import BadData, GancheckError
from gancheck.evaluation.measure import RegisteredMetric
from gancheck.evaluation.view import View
from gancheck.plugins.info import PluginInfo
from gancheck.statistics.estimate import Estimate


def metric(function: Any) -> RegisteredMetric:
    return RegisteredMetric(PluginInfo("metric", "mine", {"max_samples": None}), function)


def measure(function: Any) -> float | None:
    return metric(function)(View(torch.zeros(3, 2)))


def not_defined(view: View) -> Tensor:
    raise BadData("one sample per mode")


@pytest.mark.parametrize("function", [lambda v: torch.tensor(math.nan), lambda v: torch.tensor(math.inf), not_defined])
def test_what_is_not_a_number_is_no_value(function: Any) -> None:
    assert measure(function) is None


@pytest.mark.parametrize("function", [lambda v: v.fake, lambda v: v.nothing, lambda v: None])
def test_a_metric_that_raises_or_gives_no_number_is_named(function: Any) -> None:
    with pytest.raises(GancheckError, match="metric 'mine' raises"):
        measure(function)


ESTIMATE = Estimate(*torch.tensor([2.5, 1.0, 3.0]))


@pytest.mark.parametrize("answer", [torch.tensor(2.5), 2.5, ESTIMATE])
def test_a_scalar_a_number_and_an_estimate_are_values(answer: Any) -> None:
    assert measure(lambda view: answer) == 2.5


def test_an_estimate_has_an_interval_and_a_scalar_has_none() -> None:
    view = View(torch.zeros(3, 2))
    assert metric(lambda v: ESTIMATE).estimate(view) == (2.5, (1, 3))
    assert metric(lambda v: torch.tensor(2.5)).estimate(view) == (2.5, None)
    assert metric(lambda v: Estimate(*torch.tensor([2.5, 1.0, math.inf]))).estimate(view) == (2.5, None)


def test_a_metric_without_room_on_its_device_gets_smaller_blocks() -> None:
    tried: list[int] = []

    def hungry(view: View) -> torch.Tensor:
        tried.append(view.samples.chunk)
        if view.samples.chunk > 2**21:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return view.samples.x.sum()

    x = torch.ones(4, 2)
    assert metric(hungry)(View(x, x)) == 8
    assert tried == [2**23, 2**21]


def test_a_metric_that_never_fits_says_so() -> None:
    def greedy(view: View) -> torch.Tensor:
        raise torch.OutOfMemoryError("CUDA out of memory")

    with pytest.raises(GancheckError, match="metric 'mine' raises OutOfMemoryError"):
        metric(greedy)(View(torch.ones(4, 2)))


def writes(view: View) -> Tensor:
    pixels = view.fake.numpy()
    pixels -= 5
    view.real.mul_(2)
    return view.samples.mean.sum()


def test_a_metric_that_writes_to_the_view_is_refused_and_leaves_no_trace() -> None:
    view = View(torch.ones(3, 2), torch.ones(4, 2))
    with pytest.raises(GancheckError, match=r"metric 'mine' changes view\.fake, view\.real, which other metrics read"):
        metric(writes).measure(view)
    assert metric(lambda v: v.fake.sum() + v.real.sum() + v.samples.mean.sum())(view) == 6 + 8 + 2


def test_a_metric_that_writes_and_raises_leaves_no_trace() -> None:
    view = View(torch.ones(3, 2))
    with pytest.raises(GancheckError, match="metric 'mine' raises ZeroDivisionError"):
        metric(lambda v: v.fake.zero_() / (1 // 0))(view)
    assert view.fake.sum() == 6
