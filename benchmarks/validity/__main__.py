"""`python -m benchmarks.validity [--runs FOLDER...]`: the figures, pictures and page on whether the statistics hold.

Without `--runs` everything is made again from the committed tables, without training. With it, the runs of these
folders, of the suites in benchmarks/validity/suites, become those tables first: runs of one recipe alone are the A/A
table, runs of several the other.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.machine import machine
from benchmarks.validity import definitions, page, pictures
from benchmarks.validity.coverage import coverage
from benchmarks.validity.false_wins import false_wins
from benchmarks.validity.power import exact_check, power, real_pairs, resolutions, seeds_needed
from benchmarks.validity.runs import HERE, Scores, at_the_end, collect, keep, kept, scores_of, stored_seeds, whole_seeds
from benchmarks.validity.stability import contradictions, stability
from gancheck.errors import GancheckError
from gancheck.system.files import write_text
from gancheck.system.tables import Row, csv

RESULTS = HERE / "results"


def main(arguments: list[str]) -> int:
    """Exit status 2 where a folder cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.validity", description=__doc__)
    parser.add_argument("--runs", nargs="*", type=Path, default=[], metavar="FOLDER")
    folders = parser.parse_args(arguments).runs
    try:
        for folder in folders:
            take(folder)
    except GancheckError as error:
        print(f"validity: {error}", file=sys.stderr)
        return 2
    alone, several = (whole_seeds(kept(name)) for name in ("aa", "stability"))
    write_results(alone, several)
    pictures.draw(RESULTS)
    write_text(HERE / "README.md", page.page())
    return 0


def take(folder: Path) -> None:
    """A folder's runs as the committed table of their kind."""
    frame = collect([folder])
    name = "aa" if frame["recipe"].n_unique() == 1 else "stability"
    keep(whole_seeds(frame), name)


def write_results(alone: pl.DataFrame, several: pl.DataFrame) -> None:
    """Every table, each from a random stream of its own."""
    one, many = scores_of(at_the_end(alone)), scores_of(at_the_end(several))
    tables: dict[str, Callable[[np.random.Generator], list[Row]]] = {
        "false-wins": lambda rng: false_wins(one, rng),
        "coverage": lambda rng: coverage(one, rng),
        "power": lambda rng: power(many, rng),
        "power-exact": lambda rng: exact_check(many, rng),
        "real-pairs": lambda rng: real_pairs(many, rng),
        "resolution": lambda rng: [resolutions(many, rng)],
        "stability": lambda rng: stability(many, rng),
        "contradictions": lambda rng: [contradictions(many, rng)],
        "definitions": lambda _: definitions.definitions(several),
        "budget": lambda _: definitions.budget(several),
    }
    for number, (name, make) in enumerate(tables.items()):
        write_rows(name, make(np.random.default_rng(number)))
        if name == "power":
            write_rows("seeds-needed", seeds_needed(pl.read_csv(RESULTS / "power.csv").to_dicts()))
    write_text(RESULTS / "about.json", json.dumps(about(one, many), indent=1) + "\n")


def write_rows(name: str, rows: list[Row]) -> None:
    """One table."""
    write_text(RESULTS / f"{name}.csv", csv(rows, list(rows[0])))


def about(one: Scores, many: Scores) -> dict[str, object]:
    """How many runs are behind the figures."""
    counts = {"aa_seeds": stored_seeds(one), "seeds": stored_seeds(many), "recipes": len(many)}
    return {**counts, "tasks": list(next(iter(many.values()))), "machine": machine()}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
