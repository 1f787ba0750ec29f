"""The page benchmarks/validity/README.md, from the committed tables alone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import polars as pl

from benchmarks.validity.definitions import COLUMNS
from benchmarks.validity.expectations import EXPECTATIONS
from benchmarks.validity.runs import HERE, kept
from benchmarks.validity.stability import AIM
from gancheck.system.tables import Row

RESULTS = HERE / "results"
HEAD = """# Do the statistics hold?

Made by `python -m benchmarks.validity`; do not edit. It reads [the committed runs](tables), one row an evaluation, and
trains nothing; `--runs FOLDER...` first takes the runs of results folders in their place. The suites are in
[suites](suites): `gancheck run benchmarks/validity/suites/validity-aa.toml`. All numbers are shares of modes held; 1
point is 0.01. Tables: [results](results).
"""


def page() -> str:
    """The whole page."""
    about = json.loads((RESULTS / "about.json").read_text(encoding="utf-8"))
    parts = (HEAD, source(about), expected(), aa(about), covered(about), powers(about), stable(about), ordered(about))
    return "\n".join(parts)


def source(about: Row) -> str:
    """What is behind the figures."""
    alone, several = (name_tasks(kept(name)) for name in ("aa", "stability"))
    return (
        f"Behind the figures: the untreated GAN with {about['aa_seeds']} seeds on tasks of `quick` ({alone}), and "
        f"{about['recipes']} recipes with {about['seeds']} seeds ({several}); none of these seeds is ranked anywhere. "
        f"{about['machine']['cpu']}, torch {about['machine']['torch']}.\n"
    )


def name_tasks(frame: pl.DataFrame) -> str:
    """The tasks of a table, by their data."""
    return ", ".join(task.partition("/")[0] for task in frame["task"].unique().sort())


def expected() -> str:
    """What was expected before, in the words of then."""
    lines = [f"- **{expectation.part}**: {expectation.text}" for expectation in EXPECTATIONS]
    return (
        "## What was expected\n\nWritten down and committed before any figure was computed.\n\n"
        + "\n".join(lines)
        + "\n"
    )


def aa(about: Row) -> str:
    """False wins."""
    rows = read("false-wins")
    worst = max(rows, key=lambda row: row["false_boards"])
    cells = [
        (
            *(row["names"], row["seeds"], f"{row['boards']:,}"),
            f"{percent(row['false_boards'])} [{percent(row['low'])}, {percent(row['high'])}]",
            *(f"{row['false_comparisons']:.2%}", percent(row["one_test_alone"]), percent(row["gains_without_zero"])),
        )
        for row in rows
    ]
    head = ("names", "seeds", "boards", "a false win", "comparisons won", "one test alone at 5 %", "gains without zero")
    gains = max(row["gains_without_zero"] for row in rows)
    most, over = max(row["high"] for row in rows), sum(row["low"] > 0.05 for row in rows)
    verdict = f"{over} kinds are shown to be" if over else "no kind of board is shown to be"
    return (
        f"## A/A: the untreated GAN under several names\n\nEvery board gives each name other seeds of the same GAN, so "
        f"that whatever wins is a false win. Boards are drawn from the same {about['aa_seeds']} seeds and overlap.\n\n"
        f"{table(head, cells)}\n\n**Came out**: at most {percent(worst['false_boards'])} of boards have a false "
        f"win; {verdict} above 5 %, and intervals reach up to {percent(most)}. Names here share no seeds, as recipes "
        f"on a board do. Of gains that are none, up to {percent(gains)} have an interval that leaves out "
        "zero. Intervals of gains are not corrected for their number: ranks are what is protected.\n"
    )


def covered(about: Row) -> str:
    """Coverage of intervals."""
    rows = read("coverage")
    seeds = sorted({row["seeds"] for row in rows})
    methods = list(dict.fromkeys(row["method"] for row in rows))
    found = {(row["method"], row["seeds"]): row for row in rows}
    cells = [
        (method, *(f"{found[method, n]['coverage']:.1%} ({found[method, n]['width']:.2f})" for n in seeds))
        for method in methods
    ]
    at_five = ", ".join(f"{method} {found[method, 5]['coverage']:.1%}" for method in methods)
    return (
        "## Coverage of 95 % intervals\n\n"
        f"The {about['aa_seeds']} stored seeds of the untreated GAN are the population, "
        "from which seeds are drawn with replacement, each task for itself, 2,000 times. In brackets the mean "
        "width.\n\n"
        f"{table(('interval', *(f'{n} seeds' for n in seeds)), cells)}\n\n**Came out** at 5 seeds: {at_five}. "
        f"At {seeds[-1]} seeds the t interval holds {found[methods[0], seeds[-1]]['coverage']:.1%}: "
        "on a task where few seeds hold many modes its misses lie too low. The board uses the t interval.\n"
    )


def powers(about: Row) -> str:
    """Power, and the line under a board."""
    needed, exact, real = read("seeds-needed"), read("power-exact"), read("real-pairs")
    (line,) = read("resolution")
    gap = max(abs(row["exact"] - row["t_form"]) for row in exact)
    cells = [
        (f"{100 * row['difference']:.0f} points", *(seeds_text(row["difference"], n, needed) for n in (2, 12)))
        for row in needed
        if row["recipes"] == 2
    ]
    needs = ", ".join(f"{name} need {many} seeds" for name, _, many in cells)
    pairs = [
        (
            f"{100 * row['low']:.1f} to {100 * row['high']:.1f} points",
            *(row["pairs"], percent(row["told_apart"]), f"{row['wrong_way']:.1%}"),
        )
        for row in real
    ]
    return f"""## Power: how many seeds see a difference?

Measured differences of every pair of the {about["recipes"]} recipes are centred on each task, widened by
sqrt(S / (S - 1)) for the centring (S = {about["seeds"]} seeds) and shifted by 5, 10 or 20 points on every task; seeds
are drawn from them with replacement, 100 times for each of the pairs. The level is Holm's first, 5 % over k (k - 1).
Seeds on each of the tasks at which the test sees the difference in 80 of 100 draws:

{table(("true difference", "2 recipes", "12 recipes"), cells)}

![Chance that the test sees a difference, against seeds](results/power.png)

**Came out**: on a board of twelve, {needs}.

The test is taken in its t form, as the exact one takes minutes beyond 40 pairs; at 5 seeds the two differ by at most
{percent(gap)} of draws ([table](results/power-exact.csv)).

Real pairs: 200 boards of 5 of the {about["seeds"]} seeds, all {about["recipes"]} recipes, and the exact test with
Holm. By the difference that all seeds together show; pairs less than 2.5 points apart are left out:

{table(("measured difference", "pairs", "told apart", "the wrong way round"), pairs)}

The line under a board, on these boards of 5 seeds and {about["recipes"]} recipes: about
{100 * line["median"]:.0f} points in the median, {100 * line["low"]:.0f} to {100 * line["high"]:.0f} in 90 of 100
boards; with all {line["all_seeds"]} seeds {100 * line["of_all_seeds"]:.0f}.
"""


def seeds_text(difference: float, recipes: int, needed: Sequence[Row]) -> str:
    """How many seeds."""
    (row,) = [row for row in needed if (row["difference"], row["recipes"]) == (difference, recipes)]
    return "more than 200" if row["seeds"] is None else str(row["seeds"])


def stable(about: Row) -> str:
    """Stability."""
    rows, (both,) = read("stability"), read("contradictions")
    last = rows[-1]
    cells = [(row["seeds"], f"{row['tau']:.2f}", f"{row['tau_low']:.2f} to {row['tau_high']:.2f}") for row in rows]
    reached = "reached" if last["tau"] >= AIM else "not reached"
    aim = f"is {reached}" if last["seeds"] >= 10 else f"takes {2 * 10} seeds to try, and there are {about['seeds']}"
    told = (
        f"What the tests say is steadier: on {both['splits']} such pairs of boards of {both['seeds']} seeds, tested as "
        f"a board is, {both['told_apart_by_one']:,} pairs of recipes are told apart by one board or both, "
        f"{both['by_both']:,} by both in the same sense, and {both['contradicting']} in opposite senses."
        if both["splits"]
        else "There are too few seeds yet for two boards of 5 that are tested."
    )
    return f"""## Stability: boards of disjoint seeds

Kendall's tau between the orders of two boards that share no seed, over 500 random splits of the {about["seeds"]} seeds.

{table(("seeds of each board", "tau", "in 80 of 100 splits"), cells)}

![Kendall's tau against seeds](results/stability.png)

**Came out**: tau {last["tau"]:.2f} at {last["seeds"]} seeds; the {AIM} aimed for at 10 {aim}. Orders of recipes that
the tests do not tell apart are luck. {told}
"""


def ordered(about: Row) -> str:
    """What the order depends on."""
    rules, steps = read("definitions"), read("budget")
    names = {column: column for column in COLUMNS}
    left_out = [name for name in names if name not in {row["definition"] for row in rules}]
    missing = f" Left out, as failed runs have no value: {', '.join(left_out)}." if left_out else ""
    head = ("Kendall's tau", "most places moved", "first")
    early = steps[0]
    near = [row["definition"] for row in rules if row["tau"] > 0.8 and row["definition"] != "held"]
    far = [row["definition"] for row in rules if row["tau"] < 0.5]
    by_rule, by_steps = (
        [order_cells(row, what) for row in rows] for rows, what in ((rules, "definition"), (steps, "budget"))
    )
    return f"""## What the order depends on

The order of the {about["recipes"]} recipes under other definitions of the score, beside that by modes held, all
{about["seeds"]} seeds. `quarter`, `half`: a mode is held with that part of its share, not a tenth; `any`: with one good
sample; distances over the untreated GAN's.{missing}

{table(("definition", *head), by_rule)}

The same for modes held over training, beside the last evaluation:

{table(("budget", *head), by_steps)}

![Places of the recipes over training](results/places.png)

**Came out**: tau is over 0.8 for {", ".join(near) or "none"}, and under 0.5 for {", ".join(far) or "none"}. After
{early["budget"]} the order has tau {early["tau"]:.2f} to the last one, so a board is of its budget.
"""


def order_cells(row: Row, what: str) -> tuple[Any, ...]:
    """One order."""
    return row[what], f"{row['tau']:.2f}", f"{row['most_moved']:g}", row["first"]


def read(name: str) -> list[Row]:
    """One of the tables."""
    return pl.read_csv(RESULTS / f"{name}.csv").to_dicts()


def percent(share: float) -> str:
    """`4.2 %`."""
    return f"{100 * share:.1f} %"


def table(head: Sequence[Any], rows: Sequence[Sequence[Any]]) -> str:
    """Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)
