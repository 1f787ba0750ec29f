"""The detectors as people read them: by family, one line each, with what they need and in which preset they are."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from rich.table import Table

from gancheck.detectors.alarms import how_to_give
from gancheck.detectors.signals import level_of
from gancheck.plugins.entry import PluginEntry

#: Families in the order in which they are shown; an author's own come last.
FAMILIES = ("general", "adversarial", "collapse", "data")
NOTE = (
    "preset: the first of cheap, standard and full that has it.\n"
    "Formula, parameters, causes and advice of one: gancheck list detectors NAME. For programs: --json."
)


def detector_facts(entry: PluginEntry) -> dict[str, Any]:
    """`preset`, and what its alarms say; the needs and the paper stand in its decorator."""
    thing = entry.thing
    said = {name: getattr(thing, name, "") for name in ("severity", "patience", "cause", "advice")}
    return {"preset": level_of(tuple(entry.info.properties["needs"])), **said}


def signal_facts(needs: list[str]) -> dict[str, str]:
    """How a training gives every signal."""
    return {f"to have {name}": how_to_give(name) for name in needs}


def detector_rank(facts: dict[str, Any]) -> tuple[int, str]:
    """What families are sorted by."""
    family = str(facts["family"])
    return (FAMILIES.index(family) if family in FAMILIES else len(FAMILIES), family)


def detector_table(entries: list[dict[str, Any]]) -> Table:
    """Families in their order, each under its name."""
    made = Table(title="detectors", title_justify="left", box=None, pad_edge=False)
    made.add_column("name", no_wrap=True, min_width=max(len(entry["name"]) for entry in entries))
    made.add_column("what is wrong", min_width=40)
    made.add_column("needs", max_width=22)
    made.add_column("preset", no_wrap=True)
    made.add_column("paper", max_width=22)
    for (_, family), members in groupby(entries, key=lambda entry: detector_rank(entry["facts"])):
        made.add_row(f"[{family}]")
        for entry in members:
            facts = entry["facts"]
            needs = ", ".join(facts["needs"]) or "any of " + (", ".join(facts["reads"]) or "what is logged")
            made.add_row(entry["name"], entry["summary"], needs, facts["preset"], facts["paper"])
    made.caption, made.caption_justify = NOTE, "left"
    return made
