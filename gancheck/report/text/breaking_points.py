"""Breaking points as a table: one row per recipe, one column per knob of the ladder."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

NOTE = (
    "The level at which a recipe holds half of the modes, more is better; in brackets where the 95 % band of its mean "
    "over seeds crosses one half, and no brackets where all seeds agree."
)


Reading = tuple[str, str, str]  #: strategy, knob, breaking point as text


def grid(readings: Sequence[Reading], recipes: Sequence[str]) -> list[list[str]]:
    """Headings, then a row per recipe in the given order; empty where a recipe has not climbed."""
    knobs = list(dict.fromkeys(knob for _, knob, _ in readings))
    found = {(strategy, knob): text for strategy, knob, text in readings}
    climbed = [recipe for recipe in recipes if any((recipe, knob) in found for knob in knobs)]
    return [["strategy", *knobs], *([r, *(found.get((r, knob), "") for knob in knobs)] for r in climbed)]


def markdown(readings: Sequence[Reading], recipes: Sequence[str]) -> str:
    """A table for a README."""
    head, *body = grid(readings, recipes)
    return "".join(f"| {' | '.join(line)} |\n" for line in (head, ["---"] * len(head), *body))


def terminal(readings: Sequence[Reading], recipes: Sequence[str]) -> Table:
    """The same for `rich`."""
    head, *body = grid(readings, recipes)
    table = Table(title="breaking points", title_justify="left", caption=NOTE, caption_justify="left", box=None)
    for heading in head:
        table.add_column(heading, justify="left" if heading == "strategy" else "right")
    for line in body:
        table.add_row(*map(Text, line))
    return table
