"""Keep what a run of the suite `cures` says: `python -m benchmarks.strategies.results FOLDER [NAME RECIPE ...]`.

With recipes, which need not be of the suite, these alone are run and kept under the name.
Runs that the folder lacks are made first. Beside the board's tables and pictures stands a test that the board does not
make: every recipe against the untreated GAN alone, in both directions, by the same exact test of paired differences and
Holm's correction. That is two tests a recipe, where the board has one for every ordered pair of recipes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl

import gancheck as gc
from benchmarks.record import RESULTS, keep
from benchmarks.usage import answer_help
from gancheck.bench.aggregates import by_task, modes_held
from gancheck.bench.leaderboard import Leaderboard
from gancheck.statistics.paired_tests import holm, sign_flip

SUITE = "cures"
PICTURE = "ranking.png"  #: the one that so many recipes do not crowd


def main(folder: str, name: str = SUITE, *recipes: str) -> None:
    """Copy tables and pictures, and write against-untreated.csv beside them."""
    outcome = gc.run(SUITE, strategies=recipes, out=folder)
    spent = sum(run.cpu_seconds or 0 for runs in outcome.board.recipes.values() for run in runs.values())
    command = f"gancheck run {SUITE}" + (f" --only strategy={','.join(recipes)}" if recipes else "")
    keep(name, outcome.leaderboard.parent, {"command": command, "training_core_minutes": round(spent / 60)}, "")
    for picture in (RESULTS / name).glob("*.png"):
        if picture.name != PICTURE:
            picture.unlink()
    pl.DataFrame(list(compare(outcome.board))).write_csv(RESULTS / name / "against-untreated.csv")


def compare(board: Leaderboard) -> Iterator[dict[str, Any]]:
    """One row per recipe: p that it holds more modes than the untreated GAN, and that it holds fewer, both adjusted."""
    tables = {recipe: by_task(runs, modes_held) for recipe, runs in board.recipes.items()}
    base = tables.pop(board.base)
    gaps = {r: [table[task] - base[task] for task in base] for r, table in tables.items() if whole(table, base)}
    tested = [sign_flip([sign * gap for gap in task_gaps]) for task_gaps in gaps.values() for sign in (1, -1)]
    adjusted = holm(np.array(tested))
    for i, (recipe, task_gaps) in enumerate(gaps.items()):
        gain = sum(gap.mean() for gap in task_gaps) / len(task_gaps)
        more, fewer = (float(p) for p in adjusted[2 * i : 2 * i + 2])
        yield {"strategy": recipe, "table": board.kind_of(recipe), "gain": gain, "p_more": more, "p_fewer": fewer}


def whole(table: dict[str, Any], base: dict[str, Any]) -> bool:
    """Whether a recipe has a number for every task and seed that the untreated GAN has one for."""
    return all(len(table.get(task, ())) == len(values) for task, values in base.items())


if __name__ == "__main__":
    answer_help(__doc__)
    main(*sys.argv[1:])
