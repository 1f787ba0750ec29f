"""Our own rows on stacks of digits as a markdown table, from a committed run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from benchmarks.stacked_mnist.papers import fault

RESULTS = Path(__file__).parents[1] / "results" / "stacked-mnist5k"
COUNTED = ("modes-argmax", "kl-argmax", "modes", "quality")


def own_table() -> str:
    """One row per task and recipe that was run: the papers' count and divergence, then modes held, with intervals."""
    rows = (
        pl.read_csv(RESULTS / "tasks.csv", infer_schema_length=None).filter(pl.col("metric").is_in(COUNTED)).to_dicts()
    )
    by_place: dict[tuple[str, str], dict[str, dict[str, Any]]] = {}
    for row in rows:
        by_place.setdefault((row["task"], row["strategy"]), {})[row["metric"]] = row
    lines = [
        "| task | recipe | modes, the papers' count | KL | modes held | quality | runs |",
        "|---|---|---|---|---|---|---|",
    ]
    by_place = {place: found for place, found in by_place.items() if found["modes"]["n"]}  # others were not run
    for (task, recipe), found in by_place.items():
        cells = [interval(found.get(metric)) for metric in COUNTED]
        mark = flag(found)
        lines.append(f"| {task} | {recipe} | {' | '.join(cells)} | {found['modes']['n']}{mark} |")
    return "\n".join([*lines, *real_lines(by_place)])


def interval(row: dict[str, Any] | None) -> str:
    """A mean with its 95 % interval over seeds."""
    if row is None or row["mean"] is None:
        return ""
    digits = digits_of(row)
    mean = f"{row['mean']:.{digits}f}"
    return mean if row["low"] is None else f"{mean} [{row['low']:.{digits}f}, {row['high']:.{digits}f}]"


def digits_of(row: dict[str, Any]) -> int:
    """Decimal places: counts of modes have none."""
    return 2 if row["metric"] in ("kl-argmax", "quality") else 0


def flag(found: dict[str, dict[str, Any]]) -> str:
    """A word where the numbers cannot go together."""
    modes, divergence = (found.get(name, {}).get("mean") for name in ("modes-argmax", "kl-argmax"))
    said = "" if modes is None or divergence is None else fault(modes, divergence)
    return f" ({said})" if said else ""


def real_lines(by_place: dict[tuple[str, str], dict[str, dict[str, Any]]]) -> list[str]:
    """What real data scores at the same number of samples, task by task."""
    first = {task: found for (task, _), found in reversed(by_place.items())}
    return [
        f"| {task} | *real data* | {' | '.join(real(found.get(metric)) for metric in COUNTED)} | |"
        for task, found in reversed(first.items())
    ]


def real(row: dict[str, Any] | None) -> str:
    """A real draw's value."""
    return "" if row is None or row["real"] is None else f"{row['real']:.{digits_of(row)}f}"
