"""The fault table: `python -m benchmarks.faults [--share 0.1] [--seed S] [--only FAULT] [--resume]`.

Every fault strikes a tiny suite so often; a struck folder is finished by the same command and compared with that of an
undisturbed run. Writes faults.csv, faults.json and README.md, after every folder, and goes on from there with --resume.
"""

from __future__ import annotations

import argparse
import shlex
import shutil
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

from rich.console import Console
from rich.progress import Progress

from benchmarks.faults.driver import BadEnd, committed, finish, import_everything, lasting
from benchmarks.faults.fault import Fault, Strike
from benchmarks.faults.kills import KILLS
from benchmarks.faults.page import page
from benchmarks.faults.places import PLACES
from benchmarks.faults.power import POWER
from benchmarks.faults.tally import Table, Tally
from gancheck.system.files import write_text

HERE = Path(__file__).parent
FAULTS = {fault.name: fault for fault in (*KILLS, *POWER, *PLACES)}
IN_TURN = 24  #: tries of a fault that comes at every place in turn, as a guess


class Range:
    """Where folders are struck."""

    def __init__(self, place: Path, table: Table, results: Path) -> None:
        self.place, self.table, self.results = place, table, results
        self.lives = {jobs: finish(place / f"undisturbed-{jobs}", jobs) for jobs in (1, 2)}  #: seconds
        self.undisturbed: Any = lasting(place / "undisturbed-1")
        if self.undisturbed != lasting(place / "undisturbed-2"):
            raise RuntimeError("two workers make other numbers than one: nothing can be compared")

    def strike_folder(self, fault: Fault, tries: int | None) -> int:
        """Strike one folder, finish and compare it, and write the table; how many strikes it was."""
        tally, folder, begin = self.table.of(fault.name), self.place / "struck", time.monotonic()
        left = fault.in_a_row if tries is None else min(fault.in_a_row, tries - tally.tried)
        met = [self.strike_once(fault, tally, folder) for _ in range(left)]
        tally.boards_differ += not self.ends_the_same(folder)
        tally.folders += 1
        tally.seconds += time.monotonic() - begin
        tally.done = tally.tried >= tries if tries else not any(met)
        for left_over in self.place.glob("struck*"):
            shutil.rmtree(left_over)
        self.table.write(self.results)
        return left

    def ends_the_same(self, folder: Path) -> bool:
        """Whether a folder is, or is by the same command made, what the undisturbed one is."""
        try:
            if lasting(folder) != self.undisturbed:
                finish(folder)
            return bool(lasting(folder) == self.undisturbed)
        except BadEnd as error:
            print(f"not finished: {error}", file=sys.stderr)
            return False

    def strike_once(self, fault: Fault, tally: Tally, folder: Path) -> bool:
        """One strike, and what it cost; whether it met work."""
        before, luck = committed(folder), Random(f"{self.table.seed} {fault.name} {tally.tried}")
        jobs = 2 if luck.random() < fault.workers else 1
        try:
            met = fault.act(Strike(folder, tally.tried, jobs, self.lives[jobs], luck))
        except BadEnd as error:
            print(f"{fault.name}, try {tally.tried}: {error}", file=sys.stderr)
            tally.bad_ends, met = tally.bad_ends + 1, True
        tally.tried += 1
        tally.met += met
        tally.runs_lost += len(before - committed(folder))
        return met


def strike_all(ground: Range, faults: Sequence[Fault], share: float) -> None:
    """Every fault as often as it should, with a bar; no thread draws it, as drivers are forked from here."""
    console = Console(stderr=True)
    with Progress(console=console, auto_refresh=False, disable=not console.is_terminal) as bar:
        for fault in faults:
            tries, tally = fault.often(share), ground.table.of(fault.name)
            task = bar.add_task(fault.name, total=tries, completed=tally.tried)
            while tally.tried < tries if tries else not tally.done:
                ground.strike_folder(fault, tries)
                bar.update(task, completed=tally.tried, refresh=True)
            if not console.is_terminal:
                print(f"{fault.name}: {tally.row()}", file=sys.stderr)


def estimate(faults: Sequence[Fault], lives: Mapping[int, float], share: float) -> float:
    """Seconds that all of it may take: a driver's life for every strike, and one to finish a folder."""
    seconds = 0.0
    for fault in faults:
        life = fault.workers * lives[2] + (1 - fault.workers) * lives[1]
        seconds += (fault.often(share) or IN_TURN) * (life + lives[1] / fault.in_a_row)
    return seconds


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.faults", description=__doc__)
    parser.add_argument("--share", type=float, default=1.0, help="of the usual number of strikes")
    parser.add_argument("--seed", type=int, default=0, help="of the random moments")
    parser.add_argument("--only", choices=list(FAULTS), action="append", metavar="FAULT", help=", ".join(FAULTS))
    parser.add_argument("--resume", action="store_true", help="go on with the table that is there")
    parser.add_argument("--results", type=Path, default=HERE)
    return parser.parse_args(arguments)


def begin_table(asked: argparse.Namespace) -> Table:
    """A new table, or the one to go on with, where there is one; SystemExit where that is another command's."""
    command = command_of(asked)
    if not (asked.resume and (asked.results / "faults.json").exists()):
        return Table(asked.seed, command)
    table = Table.read(asked.results)
    if table.command != command:
        raise SystemExit(f"the table that is there goes on with: {table.command} --resume")
    return table


def command_of(asked: argparse.Namespace) -> str:
    """The command that makes such a table, without where it is written."""
    chosen = {"--share": asked.share, "--seed": asked.seed}
    usual = {"--share": 1.0, "--seed": 0}
    options = [part for name, value in chosen.items() if value != usual[name] for part in (name, str(value))]
    return shlex.join(
        [
            "python",
            "-m",
            "benchmarks.faults",
            *options,
            *(part for name in asked.only or () for part in ("--only", name)),
        ]
    )


def main(arguments: list[str] | None = None) -> int:
    """Strike; 1 where a run was lost, a board differs, or a driver ended badly."""
    asked = parse(arguments)
    table = begin_table(asked)
    faults = [FAULTS[name] for name in asked.only or FAULTS]
    import_everything()
    with tempfile.TemporaryDirectory() as name:
        place = Path(name).resolve()
        place.chmod(0o755)
        ground = Range(place, table, asked.results)
        minutes = estimate(faults, ground.lives, asked.share) / 60
        lives = ", ".join(f"{seconds:.1f} s with --jobs {jobs}" for jobs, seconds in ground.lives.items())
        print(f"An undisturbed run takes {lives}: about {minutes:.0f} minutes.", file=sys.stderr)
        strike_all(ground, faults, asked.share)
    write_text(asked.results / "README.md", page(table), "--results")
    return int(any(tally.runs_lost or tally.boards_differ or tally.bad_ends for tally in table.tallies.values()))


if __name__ == "__main__":
    sys.exit(main())
