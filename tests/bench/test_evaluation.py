"""Measuring: every value stands beside a held-out real draw of the same n, and the same samples give the same rows."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from gancheck.bench.evaluation import TaskEvaluation
from gancheck.bench.task import EvaluationProtocol, PluginSpec, Task
from gancheck.datasets.base import Dataset
from gancheck.evaluation.measure import RegisteredMetric
from gancheck.evaluation.panel import select_metrics
from gancheck.evaluation.view import View
from gancheck.numerics.seeding import generator
from gancheck.plugins.info import PluginInfo
from gancheck.plugins.registry import Registry

CPU = torch.device("cpu")
N = 3000


@pytest.fixture(scope="module")
def ring(registry: Registry) -> Dataset:
    made: Dataset = registry.build("dataset", "ring", sigma=0.1)
    return made


@pytest.fixture(scope="module")
def digits(registry: Registry) -> Dataset:
    made: Dataset = registry.build("dataset", "digits")
    return made


def real(dataset: Dataset, count: int = N) -> Tensor:
    """Real samples that no pool of the evaluation holds."""
    return dataset.draw(count, generator(CPU, "test")).x


def evaluation(
    registry: Registry, dataset: Dataset, names: tuple[str, ...] = ("all",), samples: int = N
) -> TaskEvaluation:
    """By these metrics, or by all."""
    return TaskEvaluation.with_metrics(dataset, select_metrics(registry, names), samples, CPU)


def table(rows: list[dict[str, Any]], key: str = "value") -> dict[str, Any]:
    return {row["metric"]: row[key] for row in rows if row["kind"] == "value"}


@pytest.fixture(scope="module")
def whole(registry: Registry, ring: Dataset) -> TaskEvaluation:
    """The ring by all metrics; it measures its real row but once."""
    return evaluation(registry, ring)


@pytest.fixture(scope="module")
def rows(whole: TaskEvaluation, ring: Dataset) -> list[dict[str, Any]]:
    """Real samples by all metrics, at the last of 70 steps."""
    return whole.rows(real(ring), 70, last=True)


def test_real_samples_measure_like_the_real_row(rows: list[dict[str, Any]]) -> None:
    values, beside = table(rows), table(rows, "real")
    assert values["score"] == pytest.approx(1, abs=0.03)
    assert beside["modes"] == values["modes"] == 8
    for name in ("quality", "spread", "diversity", "precision", "recall", "coverage", "vendi-ratio"):
        assert values[name] == pytest.approx(beside[name], abs=0.03), name
    assert 0 < beside["fid"] < 0.01


def test_collapsed_samples_do_not(whole: TaskEvaluation, ring: Dataset) -> None:
    rows = whole.rows(real(ring)[:1].repeat(N, 1), 10, last=True)
    values, beside = table(rows), table(rows, "real")
    assert values["score"] == 0
    assert values["modes"] == 1
    assert values["fid"] > 50 * beside["fid"]
    assert values["recall"] < 0.1 < beside["recall"]


def test_every_metric_has_one_row_at_the_last_step_with_the_step_written_down(
    registry: Registry, rows: list[dict[str, Any]]
) -> None:
    assert [row["metric"] for row in rows[:-1]] == registry.names("metric")
    assert {row["step"] for row in rows} == {70}
    assert [row["kind"] for row in rows] == ["value"] * (len(rows) - 1) + ["modes"]


def test_neighbours_are_compared_at_the_last_step_only(
    registry: Registry, ring: Dataset, whole: TaskEvaluation, rows: list[dict[str, Any]]
) -> None:
    early, late = set(table(whole.rows(real(ring), 1, last=False))), set(table(rows))
    dear = {n for n in registry.names("metric") if registry.entry("metric", n).info.properties["max_samples"]}
    assert {"precision", "recall", "density", "coverage"} <= dear
    assert late - early == dear


def test_the_same_samples_give_the_same_rows_in_another_evaluation(registry: Registry, digits: Dataset) -> None:
    x = real(digits, 600)
    first, second = (evaluation(registry, digits, samples=600).rows(x, 1, last=True) for _ in range(2))
    assert first == second


def test_what_is_measured_beside_changes_no_value(
    registry: Registry, ring: Dataset, rows: list[dict[str, Any]]
) -> None:
    x, together = real(ring), table(rows)
    for name in ("fid", "coverage", "score"):
        assert table(evaluation(registry, ring, (name,)).rows(x, 1, last=True))[name] == together[name]


def test_neighbour_metrics_never_see_a_real_sample_twice(registry: Registry, digits: Dataset) -> None:
    made = evaluation(registry, digits, samples=10_000).real_data
    for rows in (made.distinct_row(5_000).fake, made.distinct_row(5_000).real):
        assert len(rows.unique(dim=0)) == len(rows) < 1000
    assert len(made.real_row(10_000).fake) == 10_000


def test_pools_share_no_sample(registry: Registry, digits: Dataset) -> None:
    view = evaluation(registry, digits, samples=10_000).real_data.real_row(10_000)
    train = {tuple(x) for x in digits.features(real(digits, 10_000)).tolist()}
    held, reference = ({tuple(x) for x in rows.tolist()} for rows in (view.fake, view.real))
    assert not held & reference
    assert not train & (held | reference)


def test_every_evaluation_counts_the_good_samples_of_every_mode(registry: Registry, ring: Dataset) -> None:
    one, far = real(ring)[:1].repeat(700, 1), torch.full((300, 2), 50.0)
    home = int(ring.assign(ring.features(one)).label[0])
    row = evaluation(registry, ring, ("quality",), 1000).rows(torch.cat([one, far]), 40, last=False)[-1]
    assert (row["kind"], row["step"], row["samples"]) == ("modes", 40, 1000)
    assert row["counts"] == [700 if k == home else 0 for k in range(8)]


def test_yardsticks_have_every_metric_and_are_the_same_beside_every_run(registry: Registry, ring: Dataset) -> None:
    names = ("modes", "quality", "recall")
    made, again = (evaluation(registry, ring, names) for _ in range(2))
    made.rows(real(ring), 10, last=True)  # what was measured before changes nothing
    assert made.yardsticks == again.yardsticks
    found = [(row["kind"], row["name"], row["metric"]) for row in made.yardsticks]
    assert found == [("yardstick", name, metric) for name in ("memoriser", "blanket") for metric in names]
    values = {(row["name"], row["metric"]): row["value"] for row in made.yardsticks}
    assert values["memoriser", "quality"] > 0.9 > values["blanket", "quality"]


def test_a_metric_that_fails_on_noise_costs_no_run(ring: Dataset) -> None:
    def picky(view: View) -> Tensor:
        if view.modes.good.double().mean() < 0.5:
            raise ValueError("no good samples")
        return view.modes.captured

    mine = RegisteredMetric(PluginInfo("metric", "mine", {"max_samples": None, "needs": "modes"}), picky)
    made = TaskEvaluation.with_metrics(ring, {"mine": mine}, N, CPU)
    assert {row["name"]: row["value"] is None for row in made.yardsticks} == {"memoriser": False, "blanket": True}


def test_a_metric_whose_needs_the_data_does_not_meet_is_empty(registry: Registry, ring: Dataset) -> None:
    made = evaluation(registry, ring, ("modes", "ms-ssim"))  # which looks at images
    (modes, images, _) = made.rows(real(ring), 10, last=True)
    assert (modes["value"], modes["real"]) == (8, 8)
    assert (images["metric"], images["value"], images["real"]) == ("ms-ssim", None, None)


def test_a_task_is_measured_by_its_metrics_and_by_those_that_rank(registry: Registry) -> None:
    protocol = EvaluationProtocol(("fid",), samples=400)
    task = Task("ring", PluginSpec("ring"), PluginSpec("mlp"), protocol=protocol)
    dataset = task.build_dataset(registry)
    made = TaskEvaluation.of(task, dataset, registry, CPU)
    assert set(table(made.rows(real(dataset, 400), 10, last=True))) == {"fid", "modes", "quality"}
    assert made.samples == 400
