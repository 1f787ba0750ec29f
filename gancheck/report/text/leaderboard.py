"""A leaderboard as CSV and JSON (all digits), as Markdown and LaTeX (rounded), and as a table for the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from json import dumps
from typing import Any

from rich.table import Table
from rich.text import Text

from gancheck.system.tables import Row

SHORT = (
    "rank",
    "strategy",
    "modes held",
    "gain in modes",
    "quality",
    "collapsed",
    "cost x",
    "runs",
)  #: fits 100 columns
HEADINGS = (*SHORT, "effective", "spread", "score", "FID x", "held at 1/4", "at 1/2", "p(best)")
BLURRED = "blurred"  #: marks a recipe that ranks below all that are not
DASH = "\N{EN DASH}"
LATEX = str.maketrans({c: f"\\{c}" for c in "&%$#_{}"} | {"~": r"\textasciitilde{}", "^": r"\textasciicircum{}"})


def json(rows: Sequence[Row]) -> str:
    """A list of objects; what is not known is null."""
    return dumps(list(rows), indent=2, allow_nan=False) + "\n"


def markdown(rows: Sequence[Row]) -> str:
    """A table for a README or an issue."""
    lines = [HEADINGS, ["---"] * len(HEADINGS), *map(cells, rows)]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


def latex(rows: Sequence[Row]) -> str:
    """A `tabular` with booktabs rules."""
    table = [[cell.translate(LATEX).replace(DASH, "--") for cell in line] for line in (HEADINGS, *map(cells, rows))]
    head, *body = (" & ".join(line) for line in table)
    lines = (r"\begin{tabular}{rl" + "r" * (len(HEADINGS) - 2) + "}", r"\toprule", head + r" \\", r"\midrule")
    return "\n".join([*lines, *(line + r" \\" for line in body), r"\bottomrule", r"\end{tabular}", ""])


def terminal(rows: Sequence[Row], title: str = "", caption: str = "") -> Table:
    """A table for `rich`, readable at 100 columns; `caption` is the place for the board's verdict."""
    look: dict[str, Any] = {"box": None, "padding": (0, 1, 0, 0), "title_justify": "left", "caption_justify": "left"}
    table = Table(title=title or None, caption=caption or None, **look)
    for heading in SHORT:
        name = heading == "strategy"
        table.add_column(heading, justify="left" if name else "right", no_wrap=not name, overflow="fold")
    for row in rows:
        texts = [Text(cell) for cell in cells(row)[: len(SHORT)]]  # a recipe's brackets are not rich's markup
        table.add_row(*texts, style="dim" if row["rank"] is None else None)
    return table


def cells(row: Row) -> list[str]:
    """A row rounded to what its intervals allow to read, under `HEADINGS`."""
    return [
        place(row),
        name(row),
        interval(row["held"], row["held_low"], row["held_high"]),
        interval(row["held_gain"], row["held_gain_low"], row["held_gain_high"], "+.2f"),
        number(row["quality"]),
        number(row["collapse_rate"], ".0%"),
        number(row["cost_ratio"]),
        done(row),
        number(row["effective_modes"]),
        number(row["spread"]),
        number(row["score"]),
        number(row["fid_ratio"]),
        number(row["held_quarter"]),
        number(row["held_half"]),
        number(row["p_best"]),
    ]


def name(row: Row) -> str:
    """The recipe, marked where it is blurred."""
    return f"{row['strategy']} ({BLURRED})" if row["blurred"] else str(row["strategy"])


def number(value: float | None, form: str = ".2f") -> str:
    """A rounded number, or nothing."""
    return "" if value is None else format(value, form)


def interval(value: float | None, low: float | None, high: float | None, form: str = ".2f") -> str:
    """`0.52 [0.47, 0.57]`."""
    bounds = "" if low is None or high is None else f" [{low:.2f}, {high:.2f}]"
    return number(value, form) + bounds


def place(row: Row) -> str:
    """`2`, or a range such as 2 to 4 where the data cannot rule the worse places out."""
    if row["rank"] is None:
        return ""
    return str(row["rank"]) if row["rank_low"] == row["rank_high"] else f"{row['rank_low']}{DASH}{row['rank_high']}"


def done(row: Row) -> str:
    """`15`, or `13/15` where runs failed or are missing."""
    expected = row["runs"] + row["missing"]
    finished = row["runs"] - row["failed"]
    return str(expected) if finished == expected else f"{finished}/{expected}"
