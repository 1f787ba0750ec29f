"""Every metric beside the same metric of real data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.table import Table
from rich.text import Text

from gancheck.report.text.numbers import bounds, digits
from gancheck.scoring.scores import Scores

Properties = Mapping[
    str, Mapping[str, Any]
]  #: name in `Scores.values` -> its properties, of which `better` and `needs` are read

BETTER = {"higher": "higher", "lower": "lower", "one": "near 1"}
REFERENCE, ALONE = "Samples and reference", "Samples alone"
GROUPS = {
    **{"modes": "Modes", "reference": REFERENCE, "samples": ALONE},
    **{"images": ALONE, "classes": ALONE, "train": "Copies of training data", "labels": "Classes"},
}
OTHER = "Other"  #: metrics whose properties are not given


def floor(scores: Scores, properties: Properties) -> Table:
    """Metrics in groups by what they look at; intervals where any metric has one, numbers of samples where they differ.

    Neither ratios nor differences to real data are given: many a floor is near zero, and scales differ.
    """
    counts = {name: size.n for name, size in scores.sizes.items()}
    differ = len(set(counts.values())) > 1
    headings = ["metric", "samples", *(["95 % interval"] if scores.intervals else []), "real data"]
    headings += [*(["n"] if differ else []), "better"]
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for heading in headings:
        right = heading in ("samples", "real data", "n")
        table.add_column(
            Text(heading), justify="right" if right else "left", no_wrap=heading != "metric", overflow="fold"
        )
    for group, names in group_metrics(scores, properties).items():
        table.add_row(Text(group, style="bold"))
        for name in names:
            ends = [bounds(scores.intervals.get(name))] if scores.intervals else []
            better = BETTER.get(fact(properties, name, "better"), "")
            values = [digits(scores.values[name]), *ends, digits(scores.floor.get(name))]
            known = [digits(counts.get(name))] if differ else []
            table.add_row(*map(Text, [f"  {name}", *values, *known, better]))
    return table


def group_metrics(scores: Scores, properties: Properties) -> dict[str, list[str]]:
    """The names of metrics by group, groups in the order of `GROUPS` and without empty ones."""
    groups: dict[str, list[str]] = {group: [] for group in [*GROUPS.values(), OTHER]}
    for name in scores.values:
        groups[GROUPS.get(fact(properties, name, "needs"), OTHER)].append(name)
    return {group: names for group, names in groups.items() if names}


def fact(properties: Properties, name: str, which: str) -> str:
    """What is known of the metric; empty where nothing is."""
    return str(properties.get(name, {}).get(which, ""))
