"""The strategies as people read them: by family, one line each, with paper and cost."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from rich.table import Table

from gancheck.cli.strategy_facts import family_rank

NOTE = (
    "cost: CPU seconds of a step over the untreated GAN's, as measured; for sampling, networks' answers per sample.\n"
    "Formula, parameters and paper of one: gancheck list strategies NAME. For programs: --json."
)


def strategy_table(entries: list[dict[str, Any]]) -> Table:
    """Families in their order, each under its name."""
    made = Table(title="strategies", title_justify="left", box=None, pad_edge=False)
    made.add_column("name", no_wrap=True, min_width=max(len(entry["name"]) for entry in entries))
    for heading in ("what it does", "paper", "cost"):
        made.add_column(heading)
    for (_, family), members in groupby(entries, key=lambda entry: family_rank(entry["facts"])):
        made.add_row(f"[{family}]")
        for entry in members:
            made.add_row(entry["name"], entry["title"], entry["facts"]["paper"], cost_in_words(entry["facts"]))
    made.caption, made.caption_justify = NOTE, "left"
    return made


def cost_in_words(facts: dict[str, Any]) -> str:
    """How many times the untreated GAN's step, such as `1.7x`; empty where nobody measured it."""
    if not facts["cost"]:
        return ""
    return (
        f"{facts['cost']['sampling']:.0f} a sample"
        if facts["kind"] == "sampling"
        else f"{facts['cost']['seconds']:.1f}x"
    )
