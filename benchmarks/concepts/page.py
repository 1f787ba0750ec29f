"""The generated parts of docs/which-number.md, docs/collapse.md and docs/noise-floors.md."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks.concepts.trials import DRAWS, FLOOR_DRAWS, FLOOR_METRICS, METRICS, REAL_DRAWS, N

RESULTS = Path(__file__).parents[1] / "results" / "concepts" / "trials.json"
BEYOND = 5  #: standard deviations from real draws, from which on a number counts as moved


def which_number(found: dict[str, Any]) -> str:
    """A row a loss, a column a metric; what left the range of real draws is bold."""
    real = found["planted"][0]["values"]
    lines = [[row["loss"], *(cell(row["values"][m], real[m]) for m in METRICS)] for row in found["planted"]]
    heads = ["what was lost", *(f"`{metric}`" for metric in METRICS)]
    draws = f"Means of {REAL_DRAWS} real draws and {DRAWS} of each loss, n = {N:,}, on a ring of eight modes."
    rule = f"Bold: more than {BEYOND} standard deviations of real draws away from real draws."
    note = f"{draws} {rule} {provenance(found)}"
    return f"{table(heads, lines)}\n\n{note}"


def cell(value: list[float], real: list[float]) -> str:
    """A mean, bold where real draws do not get it."""
    text = f"{value[0]:.3g}"
    return f"**{text}**" if abs(value[0] - real[0]) > max(BEYOND * real[1], 1e-9) else text


def kinds(found: dict[str, Any]) -> str:
    """What `gancheck score` says of each loss."""
    return table(["what was lost", "verdict"], [[row["loss"], said(row["verdicts"])] for row in found["planted"]])


def said(verdicts: list[str]) -> str:
    """Each verdict, and how often where they differ."""
    counted = Counter(verdicts).most_common()
    return ", ".join(f"`{name}`" if len(counted) == 1 else f"`{name}` ({count})" for name, count in counted)


def floors(found: dict[str, Any]) -> str:
    """A row a size, of samplers without any fault."""
    lines = [
        [f"{row['n']:,}", *(f"{row['values'][m][0]:.3g} ± {row['values'][m][1]:.1g}" for m in FLOOR_METRICS)]
        for row in found["floors"]
    ]
    note = f"Mean ± standard deviation over {FLOOR_DRAWS} draws of 64 independent normal features. {provenance(found)}"
    return f"{table(['samples', *(f'`{metric}`' for metric in FLOOR_METRICS)], lines)}\n\n{note}"


def provenance(found: dict[str, Any]) -> str:
    """Where the figures come from."""
    cores = f"{found['cores']} cores ({found['cpu']})"
    return f"`{found['command']}` on {cores}, torch {found['torch']}."


def table(heads: list[str], lines: list[list[str]]) -> str:
    """A Markdown table."""
    return "\n".join(f"| {' | '.join(line)} |" for line in (heads, ["---"] * len(heads), *lines))


def parts() -> dict[str, str]:
    """By name, from the committed results."""
    found = json.loads(RESULTS.read_text(encoding="utf-8"))
    return {"collapse-kinds": kinds(found), "which-number": which_number(found), "noise-floors": floors(found)}
