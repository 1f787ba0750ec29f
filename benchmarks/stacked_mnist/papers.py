"""What papers report on Stacked MNIST, with a check that a row can be.

A histogram with m of K modes has a Kullback-Leibler divergence to the uniform one of at least ln(K / m), at most ln K.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import polars as pl

PAPERS = Path(__file__).with_name("papers.csv")
MODES = 1_000


def fault(modes: float, divergence: float, count: int = MODES) -> str:
    """Why numbers of modes and a divergence in nats cannot go together; empty where they can.

    Both are means over runs, and ln(K / m) is convex in m, so that the bound holds for means too.
    """
    if divergence > math.log(count):
        return f"KL is above ln {count:,} = {math.log(count):.2f}"
    if modes < 1 or divergence < math.log(count / modes):
        return f"KL is below ln({count:,} / modes) = {math.log(count / max(modes, 1e-9)):.2f}"
    return ""


def papers_table() -> str:
    """The papers' rows as a markdown table, in the papers' order."""
    lines = ["| network | method | modes | KL | n | source | can it be |", "|---|---|---|---|---|---|---|"]
    for row in pl.read_csv(PAPERS).to_dicts():
        modes, divergence = with_error(row, "modes"), with_error(row, "kl")
        cells = (row["block"], row["method"], modes, divergence, row["n"] or "not said", row["source"])
        lines.append(f"| {' | '.join(map(str, cells))} | {fault(row['modes'], row['kl']) or 'yes'} |")
    return "\n".join(lines)


def with_error(row: dict[str, Any], name: str) -> str:
    """A number as the paper has it, with the error that it names."""
    error = row[f"{name}_error"]
    return f"{row[name]:g}" if error is None else f"{row[name]:g} ± {error:g}"
