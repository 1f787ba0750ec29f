"""Tables for programs."""

from __future__ import annotations

import polars as pl

from gancheck.system.tables import csv


def test_csv_keeps_all_digits_and_quotes_commas() -> None:
    text = csv([{"strategy": "a(b,c)", "score": 0.1 + 0.2, "rank": None}], ["rank", "strategy", "score"])
    assert text == 'rank,strategy,score\n,"a(b,c)",0.30000000000000004\n'


def test_csv_without_rows_is_a_header() -> None:
    assert csv([], ["rank", "strategy"]) == "rank,strategy\n"


def test_what_a_spreadsheet_would_run_is_text() -> None:
    text = csv([{"strategy": "=cmd()", "gain": -0.5}, {"strategy": "-r1", "gain": 1.0}], ["strategy", "gain"])
    assert text == "strategy,gain\n'=cmd(),-0.5\n'-r1,1.0\n"


def test_no_text_begins_as_a_formula_whatever_it_begins_with() -> None:
    starts = ["=", "+", "-", "@", "\t=", "\r=", "\n="]
    rows = [{"name": f"{start}1", "what": "<script>"} for start in starts]
    held = pl.read_csv(csv(rows, ["name", "what"]).encode())["name"]
    assert all(name.startswith("'") for name in held)
