"""The leaderboard of detectors: `python -m benchmarks.detectors record --out DIR`, then `... judge DIR`.

`record` runs small trainings, healthy ones and such with a known fault, and keeps their traces; it goes on where it
stopped. `record --plan` says how long it takes. `judge` shows the traces to all detectors and writes
benchmarks/detectors/results/ and the page benchmarks/detectors/README.md.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benchmarks.detectors.case import SEEDS, cases
from benchmarks.detectors.judge import RESULTS, judge, write_results
from benchmarks.detectors.page import PAGE, page, table
from benchmarks.detectors.record import plan, record_all
from gancheck.errors import GancheckError
from gancheck.system.files import write_text

CACHE = Path("runs") / "detectors"


def main(arguments: list[str] | None = None) -> int:
    """One of the two commands; 2 where an argument is wrong."""
    asked = parser().parse_args(arguments)
    try:
        return int(asked.call(asked))
    except GancheckError as error:
        print(f"detectors: {error}", file=sys.stderr)
        return 2


def record(asked: argparse.Namespace) -> int:
    """Make the runs that are not there yet."""
    wanted = cases(tuple(asked.programs), tuple(asked.scenarios), asked.seeds)
    if asked.plan:
        asked.out.mkdir(parents=True, exist_ok=True)
        print(plan(asked.out, wanted))
    else:
        record_all(asked.out, wanted, asked.jobs)
    return 0


def evaluate(asked: argparse.Namespace) -> int:
    """Judge what was recorded."""
    board = write_results(judge(asked.folder, tuple(asked.with_), asked.jobs), asked.results)
    print(table(board))
    if asked.results == RESULTS:
        write_text(PAGE, page(RESULTS))
    return 0


def parser() -> argparse.ArgumentParser:
    """Both commands and their options."""
    made = argparse.ArgumentParser(prog="python -m benchmarks.detectors", description=(__doc__ or "").split("\n")[0])
    commands = made.add_subparsers(required=True)
    recording = commands.add_parser("record", help="run trainings and keep their traces")
    recording.add_argument("--out", type=Path, default=CACHE, help="folder for the traces")
    recording.add_argument("--plan", action="store_true", help="say how long it takes, from one run of each program")
    recording.add_argument("--programs", nargs="*", default=[], help="only these")
    recording.add_argument("--scenarios", nargs="*", default=[], help="only these")
    recording.add_argument("--seeds", type=int, default=SEEDS, help="of every fault in every severity")
    recording.set_defaults(call=record)
    judging = commands.add_parser("judge", help="show the traces to all detectors")
    judging.add_argument("folder", type=Path, nargs="?", default=CACHE, help="folder with the traces")
    judging.add_argument("--with", dest="with_", type=Path, nargs="*", default=[], help="files with your detectors")
    judging.add_argument("--results", type=Path, default=RESULTS, help="folder for the tables")
    judging.set_defaults(call=evaluate)
    for each in (recording, judging):
        each.add_argument("--jobs", type=int, default=2, help="processes")
    return made


if __name__ == "__main__":
    sys.exit(main())
