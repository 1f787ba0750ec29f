"""What the order depends on: the definition of the score, and the budget."""

from __future__ import annotations

import numpy as np
import polars as pl
from scipy.stats import kendalltau, rankdata

from benchmarks.validity.runs import DISTANCES, SHARES, VALUES, at_the_end, board_means, scores_of
from gancheck.system.tables import Row

BASE = "none"
COLUMNS = (*SHARES, *VALUES)


def definitions(frame: pl.DataFrame) -> list[Row]:
    """A row for every definition: Kendall's tau of its order to that of modes held, the most places a recipe moves, and
    every recipe's place. Distances are a recipe's over the untreated GAN's, geometric mean over tasks."""
    last = at_the_end(frame)
    tables = {column: numbers(last, column) for column in COLUMNS}
    known = {column: table for column, table in tables.items() if table is not None}
    return compare_orders(known, known["held"], "definition")


def budget(frame: pl.DataFrame) -> list[Row]:
    """The same for modes held at every evaluation, against the last."""
    share = pl.col("step") / pl.col("step").max().over("task")
    at = frame.with_columns(share.round(3).alias("share"))
    shares = at["share"].unique().sort().to_list()
    tables = {f"{one:.0%} of the steps": board_means(scores_of(at.filter(share=one))) for one in shares}
    return compare_orders(tables, tables["100% of the steps"], "budget")


def compare_orders(tables: dict[str, dict[str, float]], yardstick: dict[str, float], what: str) -> list[Row]:
    """Orders beside one of them."""
    usual = places(yardstick)
    rows = []
    for name, table in tables.items():
        mine = places({recipe: table[recipe] for recipe in yardstick})
        tau = float(kendalltau(list(usual.values()), list(mine.values())).statistic)
        moved = max(abs(mine[recipe] - usual[recipe]) for recipe in usual)
        rows.append({what: name, "tau": tau, "most_moved": moved, "first": min(mine, key=lambda r: mine[r]), **mine})
    return rows


def places(means: dict[str, float]) -> dict[str, float]:
    """Place of every recipe, 1 the best; ties share theirs."""
    return dict(zip(means, rankdata(np.round([-value for value in means.values()], 12)).tolist(), strict=True))


def numbers(frame: pl.DataFrame, column: str) -> dict[str, float] | None:
    """A definition's number of every recipe, more is better; None where a run has none."""
    if frame[column].null_count() or frame[column].is_nan().any():
        return None
    scores = scores_of(frame, column)
    if column not in DISTANCES:
        return board_means(scores)
    usual = {task: float(seeds.mean()) for task, seeds in scores[BASE].items()}
    ratios = {recipe: [seeds.mean() / usual[task] for task, seeds in tasks.items()] for recipe, tasks in scores.items()}
    return {recipe: -float(np.exp(np.mean(np.log(ratio)))) for recipe, ratio in ratios.items()}
