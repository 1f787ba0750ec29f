"""Was it only the defaults? How the ranks of a suite move from default to tuned parameters, at equal budget."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from gancheck.bench import aggregates
from gancheck.bench.collect import make_leaderboard, run_result
from gancheck.bench.leaderboard import Leaderboard
from gancheck.bench.merged_folders import MIXABLE, SAME, ResultsFolder, refuse_differences
from gancheck.bench.store import Store
from gancheck.bench.track import Track
from gancheck.errors import BadData, StoreError
from gancheck.plugins.registry import Registry
from gancheck.system.files import write_text
from gancheck.system.tables import Row, csv

COLUMNS = (
    *("strategy", "tuned", "rank", "rank_low", "rank_high", "tuned_rank", "tuned_rank_low", "tuned_rank_high"),
    *("held", "held_low", "held_high", "tuned_held", "tuned_held_low", "tuned_held_high"),
    *("gain", "gain_low", "gain_high", "pairs", "blurred", "tuned_blurred"),
)
#: What both tracks must have alike, task by task and metric by metric.
SHARED = {name: SAME[name] for name in ("task", "metric")} | {n: MIXABLE[n] for n in ("budgets", "devices", "software")}


@dataclass(frozen=True)
class TrackComparison:
    """Two boards of one suite, and which recipe of the one became which of the other."""

    tuned_recipes: dict[str, str]  #: recipe -> recipe with tuned parameters
    default: Leaderboard
    tuned: Leaderboard

    @classmethod
    def read(cls, tuning: Path, default: Path, tuned: Path) -> TrackComparison:
        """From the folder of tuning, and the results folders of both tracks."""
        recipes = read_tuned_recipes(tuning / "tuning.csv")
        folders = folder_on(default, "default"), folder_on(tuned, "tuned")
        boards = board_of(folders[0], recipes), board_of(folders[1], recipes.values())
        names = [(board.suite, board.suite_version.removesuffix("+tuned")) for board in boards]
        if names[0] != names[1]:
            said = " and ".join(" version ".join(name) for name in names)
            raise StoreError(f"the two folders hold {said}; run one suite on both tracks, at the same budget")
        refuse_differences(folders, SHARED)
        return cls(recipes, *boards)

    def rows(self) -> list[Row]:
        """One row per recipe on both boards, by default rank; columns are `COLUMNS`. `gain` is the paired difference in
        modes held, tuned - default, over the tasks and seeds that both have."""
        found = [self.row(recipe, tuned) for recipe, tuned in self.tuned_recipes.items() if self.stands(recipe, tuned)]
        if not found:
            raise BadData("no recipe stands on both boards; run the suite and its tuned.toml with the same seeds")
        return sorted(found, key=lambda row: (row["rank"] is None, row["rank"] or 0, -(row["held"] or 0)))

    def stands(self, recipe: str, tuned: str) -> bool:
        """Whether a recipe is on both boards, with a task and seed in common."""
        return bool(self.default.recipes.get(recipe, {}).keys() & self.tuned.recipes.get(tuned, {}).keys())

    def row(self, recipe: str, tuned: str) -> Row:
        """One recipe's places and numbers."""
        before, after = (
            next(row for row in board.leaderboard(board.kind_of(name)) if row["strategy"] == name)
            for board, name in ((self.default, recipe), (self.tuned, tuned))
        )
        own, base = self.tuned.recipes[tuned], self.default.recipes[recipe]
        gain = aggregates.gain(own, base, aggregates.modes_held) or (None, None, None)
        places = [before[name] for name in ("rank", "rank_low", "rank_high")]
        places += [after[name] for name in ("rank", "rank_low", "rank_high")]
        shares = [side[name] for side in (before, after) for name in ("held", "held_low", "held_high")]
        rest = (len(own.keys() & base.keys()), before["blurred"], after["blurred"])
        return dict(zip(COLUMNS, (recipe, tuned, *places, *shares, *gain, *rest), strict=True))

    def write(self, folder: Path) -> Path:
        """Write moves.csv, by rename; returns its path."""
        path = folder / "moves.csv"
        write_text(path, csv(self.rows(), COLUMNS))
        return path


def read_tuned_recipes(table: Path) -> dict[str, str]:
    """Which recipe became which, of the table that tuning has written."""
    if not table.is_file():
        raise StoreError(f"{table.parent} has no tuning.csv; give the folder that gancheck tune has written")
    try:
        names = pl.read_csv(table, infer_schema=False).select("strategy", "tuned").drop_nulls()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise StoreError(f"{table} is not what gancheck tune has written; tune again") from error
    return dict(names.iter_rows())


def folder_on(path: Path, track: Track) -> ResultsFolder:
    """A results folder that must be of this track."""
    store = Store(path)
    if store.about() is None or store.track() != track:
        held = "no results folder" if store.about() is None else f"on the track '{store.track()}'"
        raise StoreError(f"{path} is {held}; give the results of the suite on the track '{track}'")
    return ResultsFolder.read(path)


def board_of(folder: ResultsFolder, recipes: Iterable[str]) -> Leaderboard:
    """The board of these recipes alone: what stands there beside them, such as recipes of an earlier tuning, would
    shift ranks on one side."""
    wanted = set(recipes)
    results = [run_result(run) for run in folder.runs if run.spec.recipe in wanted]
    return make_leaderboard(results, Registry.load(), folder.suite, folder.version, folder.date, folder.base)
