"""How trainings went, beside the board: in which state they ended, and what alarms saw of it."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table

from gancheck.detectors.base import Alarm
from gancheck.report.text.leaderboard import number
from gancheck.system.counts import say_count
from gancheck.system.tables import Row

HEADINGS = ("strategy", "settled", "moving", "oscillating", "collapsed", "diverged", "first alarm", "lead")
NOTE = (
    "Runs by the state in which their training ended, told from its signals alone; the median step of the first alarm; "
    "and by how many steps alarms of collapse came before the loss of modes."
)


def cells(row: Row) -> list[str]:
    """A row of states.csv under `HEADINGS`."""
    counts = [str(row[name]) for name in HEADINGS[1:6]]
    return [str(row["strategy"]), *counts, number(row["first_alarm"], ",.0f"), number(row["lead"], "+,.0f")]


def markdown(rows: Sequence[Row]) -> str:
    """A table for a page."""
    lines = [HEADINGS, ["---"] * len(HEADINGS), *map(cells, rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def terminal(rows: Sequence[Row]) -> Table:
    """The same for `rich`."""
    table = Table(title="how training went", title_justify="left", caption=NOTE, caption_justify="left", box=None)
    for heading in HEADINGS:
        table.add_column(heading, justify="left" if heading == "strategy" else "right")
    for row in rows:
        table.add_row(*cells(row))
    return table


def summary(row: Row) -> str:
    """How alarms of collapse agree with the verdict, of all runs together: one sentence."""
    bad, good = say_count(row["collapse_runs"], "run"), say_count(row["other_runs"], "run")
    before = "" if row["lead"] is None else f", the median {row['lead']:+,.0f} steps before modes were lost"
    hits, false = row["hits"], row["false_alarms"]
    return f"Alarms of collapse: in {hits} of {bad} that collapsed{before}; in {false} of {good} that did not."


def advice(alarm: Alarm, runs: int) -> str:
    """The alarm that the most runs have, with what its detector says of it."""
    likely = f" Likely: {alarm.cause}." if alarm.cause else ""
    return f"Most frequent: {alarm.detector}, in {say_count(runs, 'run')}.{likely}" + (
        f" Try: {alarm.advice}." if alarm.advice else ""
    )
