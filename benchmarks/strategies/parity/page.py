"""The comparison as a page."""

from __future__ import annotations

from typing import Any

PROSE = (
    "# Are the strategies those of their authors, and who is right where they differ?",
    "",
    "Every row is one strategy beside one implementation that others published. *Run* means that functions or lines of "
    "a checkout of theirs, cut out by name, were executed on the very tensors, weights and random numbers of ours, in "
    "float64 but where ours makes float32; *read* that they could only be read. The two differences are the largest of "
    "size of difference over larger size, of the loss (or of what else the row names) and of the gradient of everybody "
    "whom that loss trains. Nothing of their code is kept here. *Right* is said by the paper.",
    "",
)
COLUMNS = "| strategy | compared with | how | difference: loss | gradient | what differs | right |"


def page(found: dict[str, Any]) -> str:
    """One table, and what it leaves out."""
    rows = found["rows"]
    ran = {row["strategy"] for row in rows if row["how"] != "read"}
    every = {row["strategy"] for row in rows}
    return "\n".join(
        [
            *PROSE,
            f"Made by `{found['command']}` with torch {found['torch']}: {len(rows)} rows, {len(every)} strategies, of "
            f"which {len(ran)} were run.",
            "",
            COLUMNS,
            "| --- | --- | --- | --- | --- | --- | --- |",
            *(line(row) for row in rows),
            "",
            f"Not compared with anybody: {listed(found['alone'])}.",
            "",
        ]
    )


def line(row: dict[str, Any]) -> str:
    """One row of the table."""
    where = f"{row['repository']} @ {row['commit']}, `{row['file']}`"
    numbers = f"{size(row['loss'])} | {size(row['gradient'])}"
    return f"| `{row['strategy']}` | {where} | {row['how']} | {numbers} | {row['differs']} | {row['right']} |"


def listed(names: list[str]) -> str:
    """Names in a row."""
    return ", ".join(f"`{name}`" for name in names) or "nobody"


def size(difference: float | None) -> str:
    """`2e-09`; 0 up to roundings, nothing where none was measured."""
    if difference is None:
        return "–"
    return "0" if difference < 1e-13 else f"{difference:.0e}"
