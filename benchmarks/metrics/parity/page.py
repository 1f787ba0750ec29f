"""The comparison as a page."""

from __future__ import annotations

import math
from typing import Any

from benchmarks.metrics.parity.compare import CLOSE, Row, apart
from benchmarks.metrics.parity.hard import KINDS
from gancheck.plugins.registry import Registry

PROSE = (
    "# Are the metrics those of other libraries, and who is right where they differ?",
    "",
    "Each metric and each peer on the same inputs. *Equal* counts the inputs on which both values agree to 1e-6 of the "
    "larger, and names those on which they do not (32: only in float32, 64: only in float64). *Ours off* and *peer "
    "off* are the largest relative distances from the exact value of each one's own definition, computed apart with "
    "64-bit mantissas or in whole numbers (`benchmarks/metrics/parity/exactly.py`, `plainly.py`); *no value* means an "
    "error, NaN or infinity. *Right* follows from these two columns: whoever is within 1e-6 of their own definition on "
    "every input.",
    "",
)


def page(found: dict[str, Any]) -> str:
    """One table, and what the inputs are."""
    peers = ", ".join(f"{name} {version}" for name, version in found["peers"].items())
    return "\n".join(
        [
            *PROSE,
            f"Made by `{found['command']}` with {peers}, torch {found['torch']}, numpy {found['numpy']}.",
            "",
            "| metric | peer | equal | largest difference | ours off | peer off | right | why |",
            "| --- | --- | --- | --- | --- | --- | --- | --- |",
            *(line(row) for row in found["rows"]),
            "",
            f"Ours is more than 1e-6 off on: {doubtful(found['rows'])}.",
            "",
            f"Compared with nobody here: {alone(found['rows'])}.",
            "",
            "## Features",
            "",
            "60 generated and 48 real samples unless said otherwise, generated ones 0.8 times as wide and 0.3 beside; "
            "each in float64 and in float32.",
            "",
            *(f"- {name}: {kind.text}" for name, kind in KINDS.items()),
            "",
        ]
    )


def doubtful(rows: list[Row]) -> str:
    """Where our own values are not exact."""
    off = {(row["metric"], name): far for row in rows for name, far in ours_off(row).items() if far > CLOSE}
    return ", ".join(f"`{metric}` ({name}: {far:.0e})" for (metric, name), far in off.items()) or "nothing"


def alone(rows: list[Row]) -> str:
    """Metrics without a peer."""
    compared = {row["metric"] for row in rows}
    return ", ".join(f"`{name}`" for name in Registry.load().names("metric") if name not in compared)


def line(row: Row) -> str:
    """One peer's row."""
    cells = row["inputs"]
    columns = [
        equal({name: apart(cell["ours"], cell["theirs"]) for name, cell in cells.items()}),
        largest([(name, apart(cell["ours"], cell["theirs"])) for name, cell in cells.items()]),
        size(max(ours_off(row).values())),
        by_type(theirs_off(row)),
        right(row),
    ]
    return f"| `{row['metric']}` | {row['peer']} | {' | '.join(columns)} | {row['why']} |"


def ours_off(row: Row) -> dict[str, float]:
    """How far our value is from the exact one, on every input."""
    return {name: apart(cell["ours"], cell["exact"]) for name, cell in row["inputs"].items()}


def theirs_off(row: Row) -> dict[str, float]:
    """The same for the peer, whose definition may be another."""
    return {name: apart(cell["theirs"], cell["their exact"]) for name, cell in row["inputs"].items()}


def by_type(off: dict[str, float]) -> str:
    """The largest in float64; beside it that in float32 where there is one."""
    single = [(name.removesuffix(", float32"), far) for name, far in off.items() if name.endswith("float32")]
    double = [(name.removesuffix(", float64"), far) for name, far in off.items() if not name.endswith("float32")]
    return largest(double) + (f"; in float32 {largest(single)}" if single else "")


def largest(off: list[tuple[str, float]]) -> str:
    """`3e-06 (no value: line)`: the largest difference that is a number, and where there is none."""
    number = size(max((far for _, far in off if math.isfinite(far)), default=0.0))
    missing = [name for name, far in off if math.isinf(far)]
    return number + (f" (no value: {', '.join(grouped(missing))})" if missing else "")


def equal(differences: dict[str, float]) -> str:
    """`24 of 26; not: offset 1e4 (32)`."""
    unequal = [name for name, difference in differences.items() if difference > CLOSE]
    if not unequal:
        return f"all {len(differences)}"
    count = len(differences) - len(unequal)
    return f"{count} of {len(differences)}" + (f"; not: {', '.join(grouped(unequal))}" if count else "")


def grouped(names: list[str]) -> list[str]:
    """Inputs, each once, with the type where it is one only."""
    types: dict[str, list[str]] = {}
    for name in names:
        kind, _, dtype = name.rpartition(", float")
        types.setdefault(kind or name, []).append(dtype if kind else "")
    return [kind if found != ["32"] and found != ["64"] else f"{kind} ({found[0]})" for kind, found in types.items()]


def size(difference: float) -> str:
    """`2e-09`; 0 up to a few roundings."""
    return "0" if difference < 1e-15 else f"{difference:.0e}"


def right(row: Row) -> str:
    """Who keeps to their own definition on every input."""
    ours, theirs = (max(off(row).values()) <= CLOSE for off in (ours_off, theirs_off))
    if ours and theirs:
        same = all(cell["exact"] == cell["their exact"] for cell in row["inputs"].values())
        return "both" if same else "both, by their own definition"
    return "ours" if ours else "peer" if theirs else "neither"
