"""The stored runs as one small table: a row for every evaluation of every run. It is committed, so that every figure
can be made again without training.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from gancheck.bench.collect import comparable_runs
from gancheck.bench.run_result import FAILED
from gancheck.bench.store import Run, Store
from gancheck.errors import StoreError
from gancheck.statistics.intervals import Array
from gancheck.system.files import replacing
from gancheck.system.tables import Row

HERE = Path(__file__).parent
#: Counts of modes, kept as shares of them; 0 in a failed run.
SHARES = {
    "held": "modes",
    "quarter": "modes-quarter",
    "half": "modes-half",
    "any": "modes-any",
    "effective": "effective-modes",
}
#: What else is kept; 0 in a failed run but for distances, of which it has none.
VALUES = ("quality", "spread", "overlap", "score", "reverse-kl", "fid")
DISTANCES = ("reverse-kl", "fid")  #: lower is better
Scores = dict[str, dict[str, Array]]  #: recipe -> task -> (seeds,)


def collect(folders: list[Path]) -> pl.DataFrame:
    """All finished runs of results folders, which may still grow; the newest code of a recipe counts."""
    rows = [row for folder in folders for run in comparable_runs(finished_runs(folder)) for row in rows_of(run)]
    if not rows:
        raise StoreError(f"no finished runs in {', '.join(map(str, folders))}; gancheck run makes them")
    return pl.DataFrame(rows, infer_schema_length=None).sort("recipe", "task", "seed", "step")


def finished_runs(folder: Path) -> list[Run]:
    """Runs are committed by rename, so that what is there is whole."""
    return Store(folder).runs()


def rows_of(run: Run) -> Iterator[Row]:
    """One row an evaluation; a failed run has a single one, of zeros, at the end of its budget."""
    spec, total = run.spec, run.outcome["modes"]
    facts = {"recipe": spec.recipe, "task": spec.task, "seed": spec.seed, "status": run.outcome["status"]}
    tables: dict[int, dict[str, float | None]] = {}
    for row in (row for row in run.rows if row["kind"] == "value"):
        tables.setdefault(row["step"], {})[row["metric"]] = row["value"]
    if run.outcome["status"] in FAILED:
        tables = {int(spec.training.budget["steps"]): {}}
    for step, values in tables.items():
        shares = {name: (values.get(metric) or 0.0) / total for name, metric in SHARES.items()}
        yield {**facts, "step": step, **shares, **{name: value_or_worst(values, name) for name in VALUES}}


def value_or_worst(values: dict[str, float | None], name: str) -> float | None:
    """A value; where there is none, 0, or nothing for a distance."""
    value = values.get(name)
    return value if value is not None or name in DISTANCES else 0.0


def keep(frame: pl.DataFrame, name: str) -> None:
    """Commit a table beside this file."""
    with replacing(HERE / "tables" / f"{name}.parquet") as part:
        frame.write_parquet(part, compression="zstd", compression_level=19)


def kept(name: str) -> pl.DataFrame:
    """A table that was committed."""
    return pl.read_parquet(HERE / "tables" / f"{name}.parquet")


def at_the_end(frame: pl.DataFrame) -> pl.DataFrame:
    """The last evaluation of every run."""
    return frame.filter(pl.col("step") == pl.col("step").max().over("recipe", "task", "seed"))


def whole_seeds(frame: pl.DataFrame) -> pl.DataFrame:
    """The seeds that every recipe has on every task; StoreError where there is none, as of a store that still grows."""
    cells = frame["recipe"].n_unique() * frame["task"].n_unique()
    count = frame.group_by("seed").agg(pl.struct("recipe", "task").n_unique().alias("cells"))
    whole = frame.join(count.filter(cells=cells).select("seed"), on="seed", how="semi")
    if whole.is_empty():
        raise StoreError("there is no seed yet that every recipe has on every task; let the runs go on")
    return whole


def scores_of(frame: pl.DataFrame, column: str = "held") -> Scores:
    """One number of every run, seeds in the same order everywhere."""
    table: Scores = {}
    for (recipe, task), runs in frame.sort("recipe", "task", "seed").group_by("recipe", "task", maintain_order=True):
        table.setdefault(str(recipe), {})[str(task)] = runs[column].to_numpy().astype(np.float64)
    return table


def choose_seeds(scores: Scores, places: NDArray[np.integer]) -> Scores:
    """The seeds at these places, of every recipe and task."""
    return {recipe: {task: seeds[places] for task, seeds in tasks.items()} for recipe, tasks in scores.items()}


def board_means(scores: Scores) -> dict[str, float]:
    """The board's number of every recipe: the mean over tasks of the means over seeds."""
    return {recipe: float(np.mean([seeds.mean() for seeds in tasks.values()])) for recipe, tasks in scores.items()}


def stored_seeds(scores: Scores) -> int:
    """How many seeds there are."""
    return len(next(iter(next(iter(scores.values())).values())))
