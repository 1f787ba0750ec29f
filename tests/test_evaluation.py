"""Measuring: every value stands beside a held-out real draw of the same n, and the same samples give the same rows."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from torch import Tensor

from gancheck.card import Card
from gancheck.catalogue import Catalogue
from gancheck.datasets.base import Dataset
from gancheck.errors import BadData, GancheckError
from gancheck.evaluation import Evaluator, Measure
from gancheck.streams import generator
from gancheck.view import View

CPU = torch.device("cpu")
N = 3000


@pytest.fixture(scope="module")
def ring(catalogue: Catalogue) -> Dataset:
    made: Dataset = catalogue.build("dataset", "ring", sigma=0.1)
    return made


@pytest.fixture(scope="module")
def digits(catalogue: Catalogue) -> Dataset:
    made: Dataset = catalogue.build("dataset", "digits")
    return made


def real(dataset: Dataset, count: int = N) -> Tensor:
    """Real samples that no pool of the evaluator holds."""
    return dataset.draw(count, generator(CPU, "test")).x


def evaluator(catalogue: Catalogue, dataset: Dataset, names: list[str] | None = None, samples: int = N) -> Evaluator:
    return Evaluator.of(catalogue, dataset, names or catalogue.names("metric"), samples, CPU)


def table(rows: list[dict[str, Any]], key: str = "value") -> dict[str, Any]:
    return {row["metric"]: row[key] for row in rows if row["kind"] == "value"}


def test_real_samples_measure_like_the_real_row(catalogue: Catalogue, ring: Dataset) -> None:
    rows = evaluator(catalogue, ring).rows(real(ring), 10, last=True)
    values, beside = table(rows), table(rows, "real")
    assert values["score"] == pytest.approx(1, abs=0.03)
    assert beside["modes"] == values["modes"] == 8
    for name in ("quality", "spread", "diversity", "precision", "recall", "coverage", "vendi-ratio"):
        assert values[name] == pytest.approx(beside[name], abs=0.03), name
    assert 0 < beside["fid"] < 0.01


def test_collapsed_samples_do_not(catalogue: Catalogue, ring: Dataset) -> None:
    rows = evaluator(catalogue, ring).rows(real(ring)[:1].repeat(N, 1), 10, last=True)
    values, beside = table(rows), table(rows, "real")
    assert values["score"] == 0
    assert values["modes"] == 1
    assert values["fid"] > 50 * beside["fid"]
    assert values["recall"] < 0.1 < beside["recall"]


def test_every_metric_has_one_row_at_the_last_step_with_the_step_written_down(
    catalogue: Catalogue, ring: Dataset
) -> None:
    rows = evaluator(catalogue, ring).rows(real(ring), 70, last=True)
    assert [row["metric"] for row in rows[:-1]] == catalogue.names("metric")
    assert {row["step"] for row in rows} == {70}
    assert [row["kind"] for row in rows] == ["value"] * (len(rows) - 1) + ["modes"]


def test_neighbours_are_compared_at_the_last_step_only(catalogue: Catalogue, ring: Dataset) -> None:
    made = evaluator(catalogue, ring)
    early, late = (set(table(made.rows(real(ring), 1, last))) for last in (False, True))
    dear = {n for n in catalogue.names("metric") if catalogue.entry("metric", n).card.facts["at_most"]}
    assert {"precision", "recall", "density", "coverage"} <= dear
    assert late - early == dear


def test_the_same_samples_give_the_same_rows_in_another_evaluator(catalogue: Catalogue, digits: Dataset) -> None:
    x = real(digits, 600)
    first, second = (evaluator(catalogue, digits, samples=600).rows(x, 1, last=True) for _ in range(2))
    assert first == second


def test_what_is_measured_beside_changes_no_value(catalogue: Catalogue, ring: Dataset) -> None:
    x = real(ring)
    together = table(evaluator(catalogue, ring).rows(x, 1, last=True))
    for name in ("fid", "coverage", "score"):
        assert table(evaluator(catalogue, ring, [name]).rows(x, 1, last=True))[name] == together[name]


def test_neighbour_metrics_never_see_a_real_sample_twice(catalogue: Catalogue, digits: Dataset) -> None:
    made = evaluator(catalogue, digits, samples=10_000)
    for rows in (made.distinct_row(5_000).fake, made.distinct_row(5_000).real):
        assert len(rows.unique(dim=0)) == len(rows) < 1000
    assert len(made.real_row.fake) == 10_000


def test_pools_share_no_sample(catalogue: Catalogue, digits: Dataset) -> None:
    view = evaluator(catalogue, digits, samples=10_000).real_row
    train = {tuple(x) for x in digits.features(real(digits, 10_000)).tolist()}
    held, reference = ({tuple(x) for x in rows.tolist()} for rows in (view.fake, view.real))
    assert not held & reference
    assert not train & (held | reference)


def measure(function: Any) -> float | None:
    return Measure(Card("metric", "mine", {"at_most": None}), function)(View(torch.zeros(3, 2)))


def not_defined(view: View) -> Tensor:
    raise BadData("one sample per mode")


@pytest.mark.parametrize("function", [lambda v: torch.tensor(math.nan), lambda v: torch.tensor(math.inf), not_defined])
def test_what_is_not_a_number_is_no_value(function: Any) -> None:
    assert measure(function) is None


@pytest.mark.parametrize("function", [lambda v: v.fake, lambda v: v.nothing, lambda v: None])
def test_a_metric_that_raises_or_gives_no_number_is_named(function: Any) -> None:
    with pytest.raises(GancheckError, match="metric 'mine' raises"):
        measure(function)


def test_every_evaluation_counts_the_good_samples_of_every_mode(catalogue: Catalogue, ring: Dataset) -> None:
    one, far = real(ring)[:1].repeat(700, 1), torch.full((300, 2), 50.0)
    home = int(ring.assign(ring.features(one)).label[0])
    row = evaluator(catalogue, ring, ["quality"], 1000).rows(torch.cat([one, far]), 40, last=False)[-1]
    assert (row["kind"], row["step"], row["samples"]) == ("modes", 40, 1000)
    assert row["counts"] == [700 if k == home else 0 for k in range(8)]


def test_yardsticks_have_every_metric_and_are_the_same_beside_every_run(catalogue: Catalogue, ring: Dataset) -> None:
    names = ["modes", "quality", "recall"]
    made, again = (evaluator(catalogue, ring, names) for _ in range(2))
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

    made = Evaluator(ring, {"mine": Measure(Card("metric", "mine", {"at_most": None}), picky)}, N, CPU)
    assert {row["name"]: row["value"] is None for row in made.yardsticks} == {"memoriser": False, "blanket": True}
