"""The fuzz table: `python -m benchmarks.fuzz [--cases N] [--jobs J] [--seed S]`.

Every reader of files from outside gets its share of broken and hostile files. Each must give a result or one clear line
(a GancheckError). Anything else is a fault: another exception, the end of the process, more than 10 s of CPU time or
512 MiB, a write outside of the case's folder, something unpickled, a command or a connection. Writes fuzz.csv and
README.md beside this file.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from benchmarks.fuzz.page import outcome, page
from benchmarks.fuzz.readers import READERS
from benchmarks.fuzz.tally import COLUMNS, Tally, tally_of
from benchmarks.fuzz.worker import judge_apart
from gancheck.system.files import write_text
from gancheck.system.tables import csv

HERE = Path(__file__).parent


def fuzz(readers: Sequence[str], each: int, seed: int) -> list[Tally]:
    """Some readers; faults are said as they come."""
    found: dict[str, list[tuple[str, str]]] = {name: [] for name in readers}
    for case, judged in judge_apart(readers, each, seed):
        found[case.reader].append((judged.kind, judged.outcome))
        if judged.outcome == "fault":
            print(f"{case.reader}, case {case.number}, {judged.kind}: {judged.said}", file=sys.stderr, flush=True)
    return [tally for name, outcomes in found.items() for tally in tally_of(name, outcomes)]


def write_results(place: Path, tallies: Sequence[Tally], arguments: argparse.Namespace) -> None:
    """The table and the page."""
    write_text(place / "fuzz.csv", csv([tally.row() for tally in tallies], COLUMNS))
    write_text(place / "README.md", page(tallies, arguments.cases, arguments.seed))


def main(arguments: Sequence[str] | None = None) -> int:
    """Strike; 1 where there is a fault."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fuzz", description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000, help="of all readers together")
    parser.add_argument("--jobs", type=int, default=1, help="processes at once")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", choices=list(READERS), action="append", metavar="READER", help="and write nothing")
    parser.add_argument("--results", type=Path, default=HERE)
    asked = parser.parse_args(arguments)
    names = asked.only or list(READERS)
    each = -(-asked.cases // len(names))
    shares = [names[first :: asked.jobs] for first in range(asked.jobs)]
    with ThreadPoolExecutor(asked.jobs) as pool:
        found = [tally for some in pool.map(partial(fuzz, each=each, seed=asked.seed), shares) for tally in some]
    tallies = sorted(found, key=lambda tally: names.index(tally.reader))
    if not asked.only:
        write_results(asked.results, tallies, asked)
    print(outcome(tallies))
    return int(any(tally.faults for tally in tallies))


if __name__ == "__main__":
    sys.exit(main())
