"""The tables of docs/which-cure.md and benchmarks/RESULTS.md, from the committed run of the suite `cures`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from gancheck.plugins.registry import Registry
from gancheck.strategies.costs import cost_of

RESULTS = Path(__file__).parents[1] / "results" / "cures"
ADDED = RESULTS.with_name("cures-added")  #: recipes that were run later, beside an untreated GAN of their own
FIRST = 5  #: recipes that are shown for each kind of collapse
CLASSES = ((1.25, "no more than the untreated GAN, or a quarter more"), (2.0, "up to twice"), (5.0, "up to five times"))
UNTREATED = "none"
LEVEL = 0.05  #: family-wise rate of false findings

Rows = list[dict[str, Any]]


def ranked() -> Rows:
    """The recipes that were trained, in the order of the board, each with its `cost`: that of its strategies as they
    were measured in turns with the untreated GAN, since other work ran beside the suite."""
    board = pl.read_csv(RESULTS / "leaderboard.csv").to_dicts()
    return [{**row, "cost": cost_of(row["strategy"].split("+"))} for row in board if row["rank"] is not None]


def held_on_tasks() -> dict[str, dict[str, dict[str, Any]]]:
    """Task -> recipe -> mean and interval of the share of modes held, with the quality beside it."""
    rows = pl.read_csv(RESULTS / "tasks.csv").filter(pl.col("metric").is_in(["held", "quality"])).to_dicts()
    quality = {(row["task"], row["strategy"]): row["mean"] for row in rows if row["metric"] == "quality"}
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for row in (row for row in rows if row["metric"] == "held"):
        of_task = found.setdefault(row["task"], {})
        of_task[row["strategy"]] = {**row, "quality": quality.get((row["task"], row["strategy"]))}
    return found


def by_collapse() -> str:
    """For each kind of collapse, the recipes that hold most modes there."""
    costs = {row["strategy"]: row["cost"] for row in ranked()}
    lines = ["| kind of collapse | untreated | holds most, with quality and cost |", "| --- | --- | --- |"]
    for task, recipes in held_on_tasks().items():
        known = [row for name, row in recipes.items() if name in costs and name != UNTREATED]
        best = sorted(known, key=lambda row: (-row["mean"], costs[row["strategy"]]))[:FIRST]
        shown = "<br>".join(
            f"`{r['strategy']}` {interval(r)}, quality {r['quality']:.2f}, {costs[r['strategy']]:.1f}x" for r in best
        )
        lines.append(f"| {task.partition('/')[0]} | {interval(recipes[UNTREATED])} | {shown} |")
    return "\n".join(lines)


def by_cost() -> str:
    """The recipes that hold most modes over all tasks, for each class of cost."""
    lines = ["| CPU time of training | holds most modes over all tasks |", "| --- | --- |"]
    least = 0.0
    for most, words in (*CLASSES, (float("inf"), "more")):
        rows = [r for r in ranked() if least <= r["cost"] < most and r["strategy"] != UNTREATED]
        best = sorted((r for r in rows if not r["blurred"]), key=lambda row: -row["held"])[:FIRST]
        shown = "<br>".join(f"`{r['strategy']}` {held(r)}, gain {gain(r)}, {r['cost']:.1f}x" for r in best)
        lines.append(f"| {words} | {shown or 'nobody'} |")
        least = most
    return "\n".join(lines)


def tested() -> str:
    """Which recipes the corrected test shows to hold more modes than the untreated GAN, and which fewer."""
    rows = pl.read_csv(RESULTS / "against-untreated.csv").sort("gain", descending=True).to_dicts()
    count = f"{len(rows)} recipes were each tested against the untreated GAN, in both directions"
    more, fewer = ([f"`{r['strategy']}`" for r in rows if r[p] <= LEVEL] for p in ("p_more", "p_fewer"))
    return (
        f"{count} (exact test of paired differences, Holm over {2 * len(rows)} tests, 5 %).\n\n"
        f"**Hold more modes** ({len(more)}), the largest gain first: {', '.join(more) or 'nobody'}.\n\n"
        f"**Hold fewer** ({len(fewer)}): {', '.join(fewer) or 'nobody'}.\n\n"
        "The others are not told apart from it."
    )


def families() -> str:
    """Of each family, which strategies alone hold more modes than the untreated GAN, and which do not."""
    registry, rows = Registry.load(), {row["strategy"]: row for row in ranked()}
    known = (name for name in registry.names("strategy") if name in rows and name != UNTREATED)
    entries = [registry.entry("strategy", name) for name in known]
    lines = ["| family | interval of the gain above zero | around zero | below zero |", "| --- | --- | --- | --- |"]
    for family in dict.fromkeys(entry.info.properties["family"] for entry in entries):
        own = [rows[e.info.name] for e in entries if e.info.properties["family"] == family]
        cells = [", ".join(f"`{r['strategy']}`" for r in own if side(r) == where) for where in (1, 0, -1)]
        lines.append(f"| {family} | {' | '.join(cells)} |")
    return "\n".join(lines)


def side(row: dict[str, Any]) -> int:
    """1, 0 or -1: where the interval of the gain in modes lies; the untreated GAN's is 0."""
    return int(row["held_gain_low"] > 0) - int(row["held_gain_high"] < 0)


def untried() -> str:
    """The built-in strategies that neither run has."""
    paths = [path for folder in (RESULTS, ADDED) for path in folder.glob("leaderboard*.csv")]
    boards = [pl.read_csv(path)["strategy"].to_list() for path in paths]
    names = [name for name in Registry.load().names("strategy") if not any(name in board for board in boards)]
    return ", ".join(f"`{name}`" for name in names) or "None: all built-in strategies were run."


def interval(row: dict[str, Any]) -> str:
    """A mean with its interval."""
    return f"{row['mean']:.2f} [{max(row['low'], 0):.2f}, {min(row['high'], 1):.2f}]"


def held(row: dict[str, Any]) -> str:
    """The share of modes held, over all tasks."""
    return f"{row['held']:.2f} [{row['held_low']:.2f}, {row['held_high']:.2f}]"


def gain(row: dict[str, Any]) -> str:
    """The paired difference to the untreated GAN."""
    return f"{row['held_gain']:+.2f} [{row['held_gain_low']:.2f}, {row['held_gain_high']:.2f}]"
