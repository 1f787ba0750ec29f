"""Every value of every run, a row each."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from gancheck.bench.run_result import RESOURCES, RunResult
from gancheck.system.tables import Row


def list_values(results: Iterable[RunResult]) -> pl.DataFrame:
    """One row a run and metric; a run without values has one row with an empty metric."""
    rows = [row for result in results for row in rows_of(result)]
    text = dict.fromkeys(("strategy", "task", "kind", "status", "reason", "metric"), pl.String)
    whole = dict.fromkeys(("seed", "modes"), pl.Int64)
    real = dict.fromkeys(("seconds", *RESOURCES, "value", "real"), pl.Float64)
    return pl.DataFrame(rows, schema={**text, **whole, **real})


def rows_of(result: RunResult) -> list[Row]:
    """A run's values in long form."""
    names = ("recipe", "task", "kind", "status", "reason", "seed", "modes", "seconds")
    facts = {"strategy" if name == "recipe" else name: getattr(result, name) for name in names}
    facts |= {name: result.resources.get(name) for name in RESOURCES}
    metrics = dict.fromkeys((*result.values, *result.real))
    rows = [{**facts, "metric": m, "value": result.value(m), "real": result.real_value(m)} for m in metrics]
    return rows or [{**facts, "metric": None, "value": None, "real": None}]
