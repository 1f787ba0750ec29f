"""The fault table: `python -m benchmarks.faults [--tries N] [--minutes M] [--seed S]`.

Every fault strikes a tiny suite so often; a folder that was struck is struck again until its suite is done, then it is
compared with that of an undisturbed run. Writes benchmarks/faults/faults.csv and README.md.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from random import Random
from typing import Any

import torch

from benchmarks.faults.driver import SUITE, committed, finish, lasting
from benchmarks.faults.kills import KILLS
from benchmarks.faults.places import PLACES
from benchmarks.machine import machine
from gancheck.system.files import write_text
from gancheck.system.tables import csv

HERE = Path(__file__).parent
FAULTS = {**KILLS, **PLACES}
IN_A_ROW = 4  #: strikes on one folder before it is left in peace and compared


@dataclass
class Tally:
    """What a fault did."""

    fault: str
    tried: int = 0  #: strikes
    met: int = 0  #: of which came in the middle of the work
    runs_lost: int = 0  #: committed before a strike and not there after it
    folders: int = 0  #: that were finished and compared
    board_identical: str = "yes"


def strike(fault: str, tries: int, undisturbed: Any, place: Path, luck: Random, deadline: float) -> Tally:
    """Strike so often, and compare every folder."""
    tally, act = Tally(fault), FAULTS[fault]
    while tally.tried < tries and time.monotonic() < deadline:
        folder = place / f"{len(list(place.iterdir()))}"
        for _ in range(min(IN_A_ROW, tries - tally.tried)):
            strike_once(tally, act, folder, luck)
        if finish(folder) or lasting(folder) != undisturbed:
            tally.board_identical = "no"
        tally.folders += 1
        shutil.rmtree(folder)
    return tally


def strike_once(tally: Tally, act: Callable[[Path, Random], bool], folder: Path, luck: Random) -> None:
    """One strike, and what it cost."""
    before = committed(folder)
    tally.met += act(folder, luck)
    tally.tried += 1
    tally.runs_lost += len(before - committed(folder))


def page(tallies: list[Tally], minutes: float) -> str:
    """The README."""
    kills = sum(tally.tried for tally in tallies if tally.fault in KILLS)
    rows = [f"| {t.fault} | {t.tried} | {t.met} | {t.runs_lost} | {t.folders} | {t.board_identical} |" for t in tallies]
    lines = [
        "# Faults",
        "",
        f"`python -m benchmarks.faults`, of `gancheck run {' '.join(SUITE)}` (4 runs in 2 cells). {kills} kills, "
        f"{minutes:.0f} minutes.",
        f"On {json.dumps(machine())}.",
        "",
        "A strike hits a driver at a random moment; `met` counts those that came before its end. `runs lost` are runs "
        "that were",
        "committed before a strike and not there after it. Up to four strikes hit one folder, then the suite is "
        "finished and every",
        "run and the board are compared with those of a run that nothing happened to, all but times.",
        "",
        "| fault | tried | met | runs lost | folders compared | board identical |",
        "|---|---|---|---|---|---|",
        *rows,
    ]
    return "\n".join(lines) + "\n"


def main(arguments: list[str] | None = None) -> int:
    """Strike; 1 where a run was lost or a board differs."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.faults", description=__doc__)
    parser.add_argument("--tries", type=int, default=32, help="strikes of every fault")
    parser.add_argument("--minutes", type=float, default=20.0, help="after which no new folder is begun")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", choices=list(FAULTS), action="append")
    parser.add_argument("--results", type=Path, default=HERE)
    asked = parser.parse_args(arguments)
    torch.set_num_threads(1)
    begin, luck = time.monotonic(), Random(asked.seed)
    deadline = begin + 60 * asked.minutes
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        place.chmod(0o755)
        (place / "struck").mkdir()
        finish(place / "undisturbed")
        undisturbed, tallies = lasting(place / "undisturbed"), list[Tally]()
        for fault in asked.only or FAULTS:
            tallies.append(strike(fault, asked.tries, undisturbed, place / "struck", luck, deadline))
            print(tallies[-1], file=sys.stderr)
        tallies = [tally for tally in tallies if tally.tried]  # for some, time may not have been left
    minutes = (time.monotonic() - begin) / 60
    write_text(asked.results / "faults.csv", csv([asdict(t) for t in tallies], [field.name for field in fields(Tally)]))
    write_text(asked.results / "README.md", page(tallies, minutes))
    return int(any(t.runs_lost or t.board_identical == "no" for t in tallies))


if __name__ == "__main__":
    sys.exit(main())
