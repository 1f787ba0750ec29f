"""Tables for paper, page and screen."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from rich.console import Console

from gancheck.report.text import leaderboard

ROW = {
    **{"rank": 2, "rank_low": 2, "rank_high": 4, "strategy": "pacgan(m=4)+a_b", "held": 0.5234, "held_low": 0.47},
    **{"held_high": 0.571, "held_gain": -0.1, "held_gain_low": -0.2, "held_gain_high": 0.0, "blurred": False},
    **{"effective_modes": 0.61, "held_quarter": 0.42, "held_half": 0.33, "spread": 0.94, "score": 0.71},
    **{
        "collapse_rate": 0.25,
        "quality": None,
        "fid_ratio": 0.5,
        "diversity": 0.9,
        "p_best": 0.1,
        "cost_ratio": 1.5,
        "runs": 14,
    },
    **{"failed": 1, "missing": 1},
}


def test_markdown_rounds_and_leaves_unknown_numbers_empty() -> None:
    head, rule, body = leaderboard.markdown([ROW]).splitlines()
    assert body == (
        "| 2\N{EN DASH}4 | pacgan(m=4)+a_b | 0.52 [0.47, 0.57] | -0.10 [-0.20, 0.00] |  | 25% | 1.50 | 13/15 "
        "| 0.61 | 0.94 | 0.71 | 0.50 | 0.42 | 0.33 | 0.10 |"
    )
    assert head.count("|") == rule.count("|") == body.count("|")


def test_blurred_recipes_are_marked_by_a_word() -> None:
    assert "| pacgan(m=4)+a_b (blurred) |" in leaderboard.markdown([{**ROW, "blurred": True}])


def test_latex_escapes_what_latex_would_read() -> None:
    text = leaderboard.latex([ROW])
    assert r"2--4 & pacgan(m=4)+a\_b & 0.52 [0.47, 0.57]" in text
    assert r"25\%" in text
    assert text.count(r"\\") == 2


def test_json_keeps_all_digits_and_nulls() -> None:
    assert json.loads(leaderboard.json([ROW])) == [ROW]


def test_score_without_bounds_stands_alone() -> None:
    assert leaderboard.interval(0.5, None, None) == "0.50"


@pytest.mark.parametrize("name", ["none", "unrolled(steps=10)+pacgan(m=4)+r1r2", "odd[bold]name"])
def test_terminal_table_fits_a_hundred_columns_and_shows_whole_numbers(name: str) -> None:
    console = Console(file=StringIO(), width=100)
    console.print(leaderboard.terminal([{**ROW, "strategy": name}], "title", "verdict"))
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert max(map(len, shown.splitlines())) <= 100
    assert "0.52 [0.47, 0.57]" in shown
    assert "-0.10 [-0.20, 0.00]" in shown
    assert name[:20] in shown
