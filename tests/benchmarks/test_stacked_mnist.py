from __future__ import annotations

import math

import polars as pl
import pytest

from benchmarks.stacked_mnist import noise
from benchmarks.stacked_mnist.noise import NOISE, measure, noise_table
from benchmarks.stacked_mnist.papers import PAPERS, fault, papers_table


@pytest.mark.parametrize(
    ("modes", "divergence", "word"),
    [(1000, 0.0, ""), (392.0, 8.012, "above"), (100, 2.0, "below"), (100, math.log(10) + 1e-6, ""), (0, 3.0, "below")],
)
def test_rows_that_cannot_be_are_flagged(modes: float, divergence: float, word: str) -> None:
    assert word in fault(modes, divergence)
    assert bool(fault(modes, divergence)) == bool(word)


def test_every_row_of_a_paper_names_its_source_and_is_on_the_page() -> None:
    rows = pl.read_csv(PAPERS).to_dicts()
    assert all(row["source"].strip() for row in rows)
    assert papers_table().count("\n") == len(rows) + 1


def test_noise_table_has_a_row_for_every_kind_and_share(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = pl.read_csv(NOISE)
    assert noise_table().count("\n") == 1 + rows.select("pixels", "share").n_unique()
    monkeypatch.setattr(noise, "SAMPLES", 400)
    clean, spoilt = (measure("a random grey", share, 0) for share in (0.0, 0.1))
    assert (clean["quality"] > 0.95, spoilt["quality"]) == (True, 0)
    assert spoilt["modes"] < clean["modes"] / 2
