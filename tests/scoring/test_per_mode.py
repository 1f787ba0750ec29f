"""The per-mode table."""

from __future__ import annotations

import json

import pytest
import torch
from scipy.stats import binomtest

import gancheck as gc
from gancheck.scoring.per_mode import per_mode
from gancheck.scoring.scores import PER_MODE
from gancheck.scoring.verdict import run_checks


def frame(ring, x):
    evidence = ring.evidence(x)
    return per_mode(evidence, run_checks(evidence))


def test_columns_and_statuses(ring):
    x = ring.only(1_000, [0, 2, 3, 4, 5, 6, 7])
    table = frame(ring, x)
    assert table.columns == list(PER_MODE)
    assert table["status"].to_list() == ["held", "dropped", *["held"] * 6]
    assert table["quality"][1] is None
    assert table["spread"][1] is None
    assert table["share"].sum() == pytest.approx(1)


def test_interval_is_clopper_and_pearsons(ring):
    table = frame(ring, ring.draw(800))
    captured = table["samples"].sum()
    for row in table.iter_rows(named=True):
        exact = binomtest(row["samples"], captured).proportion_ci(0.95, "exact")
        assert row["ratio_low"] == pytest.approx(8 * exact.low)
        assert row["ratio_high"] == pytest.approx(8 * exact.high)


def test_thin_and_crowded_modes_are_told(ring):
    x = torch.cat([ring.only(400, [0]), ring.only(600, [1, 2, 3, 4, 5, 6]), ring.only(25, [7])])
    assert frame(ring, x)["status"].to_list() == ["crowded", *["held"] * 6, "thin"]


def test_modes_without_a_single_good_sample_are_not_called_held(ring):
    table = frame(ring, torch.rand(500, 2, generator=torch.Generator().manual_seed(0)) + 5)
    assert set(table["status"]) == {"unclear"}


def test_clusters_have_one_number_in_words_and_in_json() -> None:
    source = torch.Generator().manual_seed(0)
    corners = torch.tensor([[0.0, 0.0], [9.0, 0.0], [0.0, 9.0], [9.0, 9.0]])
    x = corners.repeat(300, 1) + torch.randn(1_200, 2, generator=source)
    scores = gc.score(x[(x[:, 0] + x[:, 1]) < 13], reference=x, metrics="modes")
    answer = json.loads(scores.to_json())
    (lost,) = answer["findings"][0]["modes"]
    assert scores.verdict == "dropped-modes"
    assert scores.reason.endswith(f": cluster {lost}")
    assert [row["name"] for row in answer["per_mode"]] == [f"cluster {row['mode']}" for row in answer["per_mode"]]
