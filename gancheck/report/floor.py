"""Every metric beside the same metric of held-out real data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.table import Table
from rich.text import Text

from gancheck.report.digits import bounds, digits
from gancheck.scores import Scores

Cards = Mapping[
    str, Mapping[str, Any]
]  #: name in `Scores.values` -> the card's facts, of which `better` and `needs` are read

BETTER = {"higher": "higher", "lower": "lower", "one": "near 1"}
REFERENCE, ALONE = "Samples and reference", "Samples alone"
GROUPS = {
    **{"modes": "Modes", "reference": REFERENCE, "samples": ALONE},
    **{"images": ALONE, "classes": ALONE, "train": "Copies of training data"},
}
OTHER = "Other"  #: metrics whose card is not given


def floor(scores: Scores, cards: Cards) -> Table:
    """Metrics in groups by what they look at; the interval's column is there if any metric has one.

    Neither ratios nor differences to real data are given: many a floor is near zero, and scales differ.
    """
    headings = ["metric", "samples", *(["95 % interval"] if scores.intervals else []), "real data", "better"]
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for heading in headings:
        right = heading in ("samples", "real data")
        table.add_column(
            Text(heading), justify="right" if right else "left", no_wrap=heading != "metric", overflow="fold"
        )
    for group, names in grouped(scores, cards).items():
        table.add_row(Text(group, style="bold"))
        for name in names:
            ends = [bounds(scores.intervals.get(name))] if scores.intervals else []
            better = BETTER.get(fact(cards, name, "better"), "")
            values = [digits(scores.values[name]), *ends, digits(scores.floor.get(name)), better]
            table.add_row(*map(Text, [f"  {name}", *values]))
    return table


def grouped(scores: Scores, cards: Cards) -> dict[str, list[str]]:
    """The names of metrics by group, groups in the order of `GROUPS` and without empty ones."""
    groups: dict[str, list[str]] = {group: [] for group in [*GROUPS.values(), OTHER]}
    for name in scores.values:
        groups[GROUPS.get(fact(cards, name, "needs"), OTHER)].append(name)
    return {group: names for group, names in groups.items() if names}


def fact(cards: Cards, name: str, which: str) -> str:
    """What the card says; empty without one."""
    return str(cards.get(name, {}).get(which, ""))
