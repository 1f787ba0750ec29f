"""Columns of a table are called by their names, and ends of discrete ones are not taken for clipping."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from gancheck.inspection import Inspection, inspect_data

DICE = np.random.default_rng(0)
N = 600


def the(kind: str, found: Inspection) -> str:
    (text,) = (p.text for p in found.problems if p.kind == kind)
    return text


def test_columns_are_called_by_their_names() -> None:
    wide = {"height": DICE.normal(size=N), "income": 1e4 * DICE.normal(size=N)}
    found = inspect_data(pl.DataFrame({**wide, "planet": np.ones(N), "level": DICE.normal(size=N) + 50}))
    assert the("uneven-features", found).startswith("'income' varies")
    assert "times as much as 'level'" in the("uneven-features", found) or "'height'" in the("uneven-features", found)
    assert the("constant-features", found).startswith("'planet' hardly ever varies")
    assert the("offset", found).startswith("'level': mean 50")
    assert [feature["name"] for feature in found.facts["features"]] == ["height", "income", "planet", "level"]
    (problem,) = (p for p in found.problems if p.kind == "offset")
    assert problem.evidence == {"features": [3], "names": ["level"]}


def test_columns_without_names_are_called_by_their_places() -> None:
    x = np.c_[DICE.normal(size=(N, 2)), np.ones(N)]
    assert the("constant-features", inspect_data(x)).startswith("feature 2 hardly")


@pytest.mark.parametrize(
    "column",
    [DICE.integers(18, 91, N), DICE.geometric(0.1, N), DICE.normal(size=N).round(1), DICE.poisson(60, N)],
)
def test_ends_of_discrete_columns_are_not_clipped(column: np.ndarray) -> None:
    found = inspect_data(pl.DataFrame({"age": column, "x": DICE.normal(size=N)}))
    assert "clipping" not in {problem.kind for problem in found.problems}


def test_discrete_columns_that_are_clipped_are_found() -> None:
    found = inspect_data(pl.DataFrame({"age": DICE.normal(50, 20, N).round().clip(30, 200), "x": DICE.normal(size=N)}))
    assert the("clipping", found).startswith("'age' looks clipped")
    assert "exactly at 30 in 'age'" in the("clipping", found)


def test_rows_of_whole_numbers_repeat_by_chance() -> None:
    found = inspect_data(DICE.poisson([0.1, 1, 5], (N, 3)).astype(float))
    (problem,) = (p for p in found.problems if p.kind == "duplicates")
    assert problem.severity == "note"
    assert "whole numbers and categories repeat by chance" in problem.text


def test_continuous_rows_that_are_there_twice_are_a_warning() -> None:
    x = DICE.normal(size=(N // 4, 3)).repeat(4, 0)
    (problem,) = (p for p in inspect_data(x).problems if p.kind == "duplicates")
    assert (problem.severity, "keep one of each" in problem.text) == ("warning", True)
