"""The committed table of what `gc.score` and other libraries report."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

METRICS = Path(__file__).parents[2] / "benchmarks" / "metrics"
ROWS = json.loads((METRICS / "parity_score.json").read_text())["rows"]
FLOORS = json.loads((METRICS / "floor.json").read_text())["rows"]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['metric']}, {row['peer']}, {row['input']}")
def test_what_is_reported_is_what_others_report(row):
    assert row["ours"] == pytest.approx(row["theirs"], rel=1e-4)


@pytest.mark.parametrize("row", FLOORS, ids=lambda row: f"{row['metric']}, {row['data']}, {row['n']}")
def test_real_data_told_at_full_size_is_near_fresh_draws(row):
    (mean, deviation), (extrapolated, spread) = row["fresh"], row["extrapolated"]
    error = (deviation**2 + spread**2) ** 0.5 / row["repetitions"] ** 0.5
    assert abs(extrapolated - mean) < 4 * error + 0.02 * abs(mean)
