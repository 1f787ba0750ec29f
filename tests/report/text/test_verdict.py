"""The answer on a terminal: what matters is there, and it fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO, StringIO, TextIOWrapper
from typing import Any

import polars as pl
import pytest
from rich.console import Console

from gancheck.evaluation.comparison import Sizes
from gancheck.report.text.verdict import verdict_text
from gancheck.scoring.scores import PER_MODE, Finding, Scores

FOUND = Finding(
    "dropped-modes", True, "3 of 8 modes are dropped: 1, 2 and 5", "exact binomial tests, Holm-corrected", 1e-12,
    "share of real data in dropped modes", 0.375, 0.361, 0.389, 0.05, (1, 2, 5),
)  # fmt: skip
QUIET = Finding("imbalanced", False, "balanced", "chi-square", 0.21, "departure of shares", 0.012, 0, 0.031, 0.1)
CARDS: dict[str, dict[str, Any]] = {
    "modes": {"better": "higher", "needs": "modes"},
    "fid": {"better": "lower", "needs": "reference"},
    "density": {"better": "one", "needs": "reference"},
    "copies": {"better": "lower", "needs": "train"},
}


def table(statuses: Sequence[str], name: str = "cluster {}") -> pl.DataFrame:
    share = {"held": 1.0, "dropped": 0.0, "thin": 0.3, "crowded": 4.0, "shrunken": 1.1}
    rows = [
        {"mode": k, "name": name.format(k), "samples": 10, "share": share[s] / len(statuses)}
        | {"real_share": 1 / len(statuses), "ratio": share[s], "ratio_low": share[s] * 0.8}
        | {"ratio_high": share[s] * 1.25, "quality": 0.97 if share[s] else None, "spread": None, "status": s}
        for k, s in enumerate(statuses)
    ]
    return pl.DataFrame(rows, infer_schema_length=None)


def scores(modes: pl.DataFrame | None = None, **changes: Any) -> Scores:
    made = Scores(
        verdict="dropped-modes",
        reason="37.5 % of the real mass lies in modes that hold under a tenth of their share, more than can be chance.",
        checks=(QUIET, FOUND),
        values={"fid": 12.3456, "density": 0.9, "modes": 5.0, "copies": None},
        floor={"fid": 0.5, "density": 1.01, "modes": 8.0, "copies": None},
        intervals={"fid": (11.0, 13.9)},
        per_mode=pl.DataFrame() if modes is None else modes,
        facts={"n": 2500, "reference": "ring", "features": "points"},
        notes=("No training data was given: copies were not looked for; give them with --train to find out whether.",),
    )
    return replace(made, **changes)


def shown(answer: Scores, width: int = 80, colours: bool = False) -> str:
    look: dict[str, Any] = {"force_terminal": True, "color_system": "standard"} if colours else {}
    console = Console(file=StringIO(), width=width, markup=False, highlight=False, **look)
    console.print(verdict_text(answer, CARDS))
    return console.file.getvalue()  # type: ignore[attr-defined,no-any-return]


def joined(answer: Scores, width: int = 80) -> str:
    """As it reads when lines are put together again."""
    return " ".join(shown(answer, width).split())


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("count", [1, 8, 1000])
@pytest.mark.parametrize("name", ["cluster {}", "great white shark, man-eater, Carcharodon carcharias {}"])
def test_no_line_is_wider_than_the_terminal(width: int, count: int, name: str) -> None:
    statuses = (["dropped", "crowded", "thin", "shrunken", "held"] * count)[:count]
    lines = shown(scores(table(statuses, name)), width).splitlines()
    assert max(map(len, lines)) <= width


@pytest.mark.parametrize("width", [80, 120])
def test_verdict_comes_first_with_its_reason_and_its_evidence(width: int) -> None:
    text = joined(scores(), width)
    assert text.startswith("Verdict: dropped-modes 37.5 % of the real mass")
    evidence = "share of real data in dropped modes 0.375 [0.361, 0.389], margin 0.050, p<0.001 (exact binomial tests"
    assert f"{FOUND.text} {evidence}" in text


def test_a_reason_that_is_the_finding_is_said_once() -> None:
    text = joined(scores(reason=FOUND.text))
    assert text.count(FOUND.text) == 1
    assert "Found - share of real data in dropped modes 0.375" in text


def test_a_check_without_a_value_shows_a_dash_and_no_interval() -> None:
    nan = float("nan")
    text = shown(scores(checks=(replace(QUIET, value=nan, low=nan, high=nan),)))
    line = next(line for line in text.splitlines() if "0.21" in line)
    assert line.split() == ["departure", "of", "shares", "-", "0.100", "0.21"]


def test_a_check_that_found_nothing_takes_one_line() -> None:
    line = next(line for line in shown(scores()).splitlines() if QUIET.effect in line)
    assert line.split()[3:] == ["0.012", "[0,", "0.031]", "0.100", "0.21"]
    assert QUIET.text not in shown(scores())


@pytest.mark.parametrize("checks", [(), (QUIET,), (FOUND,)])
def test_headings_stand_only_over_something(checks: tuple[Finding, ...]) -> None:
    text = shown(scores(checks=checks))
    assert ("\nFound\n" in text) == (FOUND in checks)
    assert ("Checked, nothing found" in text) == (QUIET in checks)


def test_without_modes_there_is_no_table_of_modes() -> None:
    assert "Modes:" not in shown(scores())


def test_held_modes_are_counted_and_not_listed() -> None:
    text = shown(scores(table(["held"] * 5 + ["dropped", "thin", "crowded"])))
    assert "Modes: 5 of 8 held, 1 dropped, 1 thin, 1 crowded" in text
    assert [k for k in range(8) if f"cluster {k}" in text] == [5, 6, 7]


def test_many_lost_modes_are_cut_to_twelve_and_the_rest_is_named() -> None:
    text = shown(scores(table(["dropped"] * 43 + ["held"] * 957)))
    assert text.count("cluster ") == 12
    assert "... and 31 more (--json has all)" in text


def test_where_the_mass_went_stands_above_where_it_came_from() -> None:
    text = shown(scores(table(["dropped", "thin", "crowded"])))
    assert text.index("cluster 2") < text.index("cluster 0") < text.index("cluster 1")


def test_bar_is_the_share_on_a_scale_from_nothing_to_twice_the_real_share() -> None:
    lines = shown(scores(table(["dropped", "thin", "crowded"])), 120).splitlines()
    dropped, thin, crowded = (next(x for x in lines if f"cluster {k}" in x) for k in range(3))
    assert "░" * 8 + "│" in dropped
    assert "██░░░░░░│" in thin
    assert "████████│███████▶" in crowded


def test_metrics_stand_in_groups_beside_real_data() -> None:
    lines = [line.split() for line in shown(scores()).splitlines()]
    first = lines.index(["metric", "samples", "95", "%", "interval", "real", "data", "better"])
    assert lines[first + 1 : first + 8] == [
        ["Modes"],
        ["modes", "5", "8", "higher"],
        ["Samples", "and", "reference"],
        ["fid", "12.35", "[11,", "13.90]", "0.500", "lower"],
        ["density", "0.900", "1.01", "near", "1"],
        ["Copies", "of", "training", "data"],
        ["copies", "-", "-", "lower"],
    ]


def test_numbers_of_samples_stand_there_where_they_differ() -> None:
    counted = {"fid": Sizes(4_000, 4_000, 2_000, 2_000, True), "modes": Sizes(2_000, 2_000, 2_000, 2_000)}
    lines = [line.split() for line in shown(scores(sizes=counted)).splitlines()]
    assert ["fid", "12.35", "[11,", "13.90]", "0.500", "4,000", "lower"] in lines
    assert ["modes", "5", "8", "2,000", "higher"] in lines
    assert " n " not in shown(scores(sizes={"fid": counted["fid"]})).split("metric")[1].splitlines()[0]


def test_metric_without_a_card_is_shown_all_the_same() -> None:
    text = joined(scores(values={"mine": float("nan")}, floor={}, intervals={}))
    assert "Other mine - -" in text
    assert "interval real data" not in text


def test_long_metric_names_fold_and_keep_every_letter() -> None:
    name = "a-metric-with-a-long-name@features-of-a-network-with-a-long-name"
    text = shown(scores(values={name: 1.5}, floor={}))
    assert max(map(len, text.splitlines())) <= 80
    assert "network-with-a-long-name" in text.replace("\n", "").replace(" ", "")


def test_notes_and_what_was_compared_stand_last() -> None:
    text = joined(scores())
    assert "Notes - No training data was given" in text
    assert text.endswith("n 2500, reference ring, features points")


@pytest.mark.parametrize(("verdict", "colour"), [("healthy", "32"), ("undecided", "33"), ("memorised", "31")])
def test_verdict_is_bold_in_its_colour(verdict: str, colour: str) -> None:
    assert f"\x1b[1;{colour}mVerdict: {verdict}" in shown(scores(verdict=verdict), colours=True)


def test_names_cannot_paint_the_terminal() -> None:
    name = "\x1b[2J[red]new\nline"
    found = replace(FOUND, text=name)
    text = shown(scores(table(["dropped"], name), checks=(found,), reason=name, notes=(name,), facts={"of": name}))
    assert "\x1b" not in text
    assert "[2J[red]new line" in text


def test_ascii_terminals_get_ascii_bars() -> None:
    console = Console(file=TextIOWrapper(BytesIO(), "ascii"), width=80, markup=False)
    console.print(verdict_text(scores(table(["dropped", "thin", "crowded", "held"])), CARDS))
    console.file.flush()
    text = console.file.buffer.getvalue().decode("ascii")  # type: ignore[attr-defined]
    assert "|" in text
    assert ">" in text


def test_table_of_this_test_has_the_columns_of_an_answer() -> None:
    assert list(table(["held"]).columns) == list(PER_MODE)
