"""`gancheck rank`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal

from gancheck.bench.collect import comparable_runs, make_leaderboard, newest_date, run_result, suite_runs
from gancheck.bench.leaderboard import COLUMNS, Leaderboard
from gancheck.bench.store import Store
from gancheck.errors import StoreError
from gancheck.plugins.registry import Registry
from gancheck.report.text import leaderboard as tables
from gancheck.system.files import write_text
from gancheck.system.tables import csv


def rank_command(
    runs: Path,
    *,
    out: Path | None = None,
    format: Literal["csv", "markdown", "latex", "json"] = "csv",
) -> int:
    """Make the leaderboard again from a results folder.

    Parameters
    ----------
    runs
        A folder that `gancheck run` has made, such as runs/quick.
    out
        File to write; standard output unless given.
    format
        csv has every column; markdown and latex are for papers, json for programs.
    """
    board = leaderboard(runs)
    rows = board.leaderboard()
    writers = {"markdown": tables.markdown, "latex": tables.latex, "json": tables.json}
    text = csv(rows, COLUMNS) if format == "csv" else writers[format](rows)
    if format == "markdown":
        text += f"\n{board.rule}\n"
    if out:
        write_text(out, text)
    else:
        sys.stdout.write(text if text.endswith("\n") else text + "\n")
    return 0


def leaderboard(folder: Path) -> Leaderboard:
    """The board of all that the folder holds on the suite's own tasks, from the folder alone."""
    store = Store(folder)
    owner = store.owner()
    if owner is None:
        raise StoreError(f"{folder} is no results folder; give the one that gancheck run has made, such as runs/quick")
    runs = store.runs()
    if not runs:
        raise StoreError(f"{folder} holds no runs yet; gancheck run {owner[0]} makes them")
    shown = suite_runs(comparable_runs(runs), store.named("tasks"))
    return make_leaderboard(map(run_result, shown), Registry.load(), *owner, newest_date(folder))
