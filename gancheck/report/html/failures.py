"""What did not come to a number, and why: one row for runs that share a reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gancheck.bench.run_result import RunResult
from gancheck.bench.store import Run
from gancheck.report.html.board import Cell, Table

HEADINGS = ("strategy", "task", "seeds", "status", "why")


def failure_table(results: Iterable[RunResult], runs: Sequence[Run]) -> Table:
    """Runs that are not done, and metrics that raised."""
    groups: dict[tuple[str, str, str, str], list[int]] = {}
    for result in results:
        if result.status != "done":
            key = (result.recipe, result.task, result.status, result.reason or "no reason was kept")
            groups.setdefault(key, []).append(result.seed)
    for run in runs:
        for error in run.metric_errors().values():
            groups.setdefault((run.spec.recipe, run.spec.task, "a metric raised", error), []).append(run.spec.seed)
    return Table("Failures", HEADINGS, [failure_cells(key, seeds) for key, seeds in sorted(groups.items())])


def failure_cells(key: tuple[str, str, str, str], seeds: list[int]) -> list[Cell]:
    """One row."""
    recipe, task, status, reason = key
    texts = (recipe, task, join_seeds(sorted(seeds)), status, reason)
    return [Cell(text, text) for text in texts]


def join_seeds(seeds: Sequence[int]) -> str:
    """`0 to 4, 7`."""
    spans: list[list[int]] = []
    for seed in seeds:
        if spans and seed == spans[-1][1] + 1:
            spans[-1][1] = seed
        else:
            spans.append([seed, seed])
    return ", ".join(f"{low}" if low == high else f"{low} to {high}" for low, high in spans)
