"""What was measured on a GPU with images and metrics, as a table of a page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

NOT_MEASURED = "Not measured: `python -m benchmarks.speed.gpu_images` on a machine with a GPU writes the figures."


def gpu_images(path: Path) -> str:
    """Every figure as it was found, and on what; says so where nobody has measured."""
    if not path.exists():
        return NOT_MEASURED
    made = json.loads(path.read_text(encoding="utf-8"))
    lines = [f"| {label} | {say(value)} |" for label, value in made["figures"].items()]
    where = f"One {made['card']}, torch {made['machine']['torch']}, {made['machine']['cores']} cores, {made['date']}"
    note = f", {made['note']}" if "note" in made else ""
    return "\n".join(("| | |", "|---|---|", *lines, f"\n{where}{note}; `python -m benchmarks.speed.gpu_images`."))


def say(value: Any) -> str:
    """A figure, or two: the second is how many times as fast, or a share."""
    if isinstance(value, list):
        return ", ".join(map(say, value))
    if not isinstance(value, float):
        return str(value)
    return f"{value:,.4g}" if abs(value) < 1_000 else f"{value:,.0f}"
