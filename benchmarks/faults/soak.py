"""Does a run leave anything behind? `python -m benchmarks.faults.soak [--minutes 30] [--suite smoke]`.

Runs a suite in a loop in one process, with two workers, pictures and report, each time into a new folder that is then
removed. After each lap it is counted what is still held. Writes soak.csv, soak.png and soak.md.

A quantity grows where the 95 % interval of its slope (Theil and Sen's, over the laps after the first fifth, which fill
caches) lies above 0, and the slope is worth more than `TOLERANCE` in a hundred laps. Else it is flat.
"""

from __future__ import annotations

import argparse
import gc as collector
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from multiprocessing.util import get_temp_dir
from pathlib import Path
from typing import Any

import psutil

import gancheck as gc
from benchmarks.machine import machine
from gancheck.report.plots.style import canvas
from gancheck.statistics.sequential import theil_slope
from gancheck.system.files import write_text
from gancheck.system.tables import csv

HERE = Path(__file__).parent
WARM_UP = 0.2  #: share of the laps that are left out
FEWEST = 10  #: laps after it, below which nothing is said
TOLERANCE = {"mebibytes": 10.0, "descriptors": 1.0, "threads": 1.0, "files": 1.0, "children": 1.0}  #: in a hundred laps


@dataclass(frozen=True)
class Lap:
    """What is held after a lap."""

    lap: int
    seconds: float  #: that it took
    mebibytes: float  #: of this process in memory
    descriptors: int
    threads: int
    files: int  #: in the folder of temporary files, which is empty at the start
    children: int


@dataclass(frozen=True)
class Growth:
    """How a quantity went."""

    name: str
    first: float  #: after the warm-up
    last: float
    slope: float  #: in a hundred laps
    low: float
    high: float

    @property
    def is_flat(self) -> bool:
        """By the rule."""
        return self.low <= 0 or self.slope <= TOLERANCE[self.name]


def run_laps(suite: str, minutes: float, place: Path) -> Iterator[Lap]:
    """Laps until the time is over; the folder is for everything temporary."""
    process, end, number = psutil.Process(), time.monotonic() + 60 * minutes, 0
    while time.monotonic() < end:
        begin = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="runs-") as name:
            gc.run(suite, out=Path(name) / "runs", jobs=2, device="cpu")
        seconds = round(time.monotonic() - begin, 2)
        collector.collect()
        number += 1
        yield Lap(number, seconds, **count_what_is_held(process, place))


def count_what_is_held(process: psutil.Process, place: Path) -> dict[str, Any]:
    """Of a process, and in its folder of temporary files."""
    return {
        "mebibytes": round(process.memory_info().rss / 2**20, 2),
        "descriptors": process.num_fds(),
        "threads": process.num_threads(),
        "files": sum(1 for _ in place.rglob("*")),
        "children": len(process.children(recursive=True)),
    }


def judge(laps: Sequence[Lap]) -> list[Growth]:
    """Every quantity's slope; nothing where there are too few laps."""
    kept = laps[int(WARM_UP * len(laps)) :]
    return (
        [measure_growth(name, [getattr(lap, name) for lap in kept]) for name in TOLERANCE]
        if len(kept) >= FEWEST
        else []
    )


def measure_growth(name: str, values: Sequence[float]) -> Growth:
    """One quantity's."""
    slope, low, high = (100 * number for number in theil_slope(values))
    return Growth(name, values[0], values[-1], slope, low, high)


HEAD = """\
# Soak

{laps} laps in {hours:.2f} hours: `python -m benchmarks.faults.soak`. On {about}.

![what is held after every lap](soak.png)

| held | first | last | growth in a hundred laps | tolerance | flat |
|---|---|---|---|---|---|
{rows}

`first` is after the warm-up, a fifth of the laps. Growth is Theil and Sen's slope with its 95 % interval; not flat is
what lies above 0 with all of the interval and above the tolerance with the slope.
"""


def page(laps: Sequence[Lap], growths: Sequence[Growth], about: Mapping[str, object]) -> str:
    """soak.md."""
    return HEAD.format(
        laps=len(laps),
        hours=sum(lap.seconds for lap in laps) / 3600,
        about=", ".join(f"{key} {value}" for key, value in about.items()),
        rows="\n".join(map(row, growths)),
    )


def row(growth: Growth) -> str:
    """A row of the table."""
    slope = f"{growth.slope:+.2f} [{growth.low:+.2f}, {growth.high:+.2f}]"
    flat = "yes" if growth.is_flat else "no"
    cells = (growth.name, f"{growth.first:g}", f"{growth.last:g}", slope, f"{TOLERANCE[growth.name]:g}", flat)
    return f"| {' | '.join(cells)} |"


def draw(laps: Sequence[Lap], path: Path) -> None:
    """One panel a quantity, over laps."""
    with canvas(path, 7.0, 1.3 * len(TOLERANCE)) as figure:
        panels = figure.subplots(len(TOLERANCE), 1, sharex=True)
        for axes, name in zip(panels, TOLERANCE, strict=True):
            axes.plot([lap.lap for lap in laps], [getattr(lap, name) for lap in laps])
            axes.axvspan(1, 1 + int(WARM_UP * len(laps)), alpha=0.1, linewidth=0)
            axes.set_ylabel(name)
            axes.set_ylim(bottom=0)
        panels[-1].set_xlabel("lap")


def write(laps: Sequence[Lap], growths: Sequence[Growth], folder: Path) -> None:
    """Table, picture and page."""
    write_text(folder / "soak.csv", csv([asdict(lap) for lap in laps], [f.name for f in fields(Lap)]), "--results")
    draw(laps, folder / "soak.png")
    write_text(folder / "soak.md", page(laps, growths, machine()), "--results")


def main(arguments: list[str] | None = None) -> int:
    """Run laps; 0 where all is flat, 1 where something grows, 3 where there were too few laps to tell."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.faults.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--suite", default="smoke")
    parser.add_argument("--results", type=Path, default=HERE)
    asked, laps = parser.parse_args(arguments), list[Lap]()
    get_temp_dir()  # multiprocessing's own is removed as this process ends, and has to be there until then
    with tempfile.TemporaryDirectory() as name:
        os.environ["TMPDIR"] = tempfile.tempdir = name  # the workers' too
        for lap in run_laps(asked.suite, asked.minutes, Path(name)):
            laps.append(lap)
            print(json.dumps(asdict(lap)), file=sys.stderr)
    growths = judge(laps)
    write(laps, growths, asked.results)
    growing = [growth.name for growth in growths if not growth.is_flat]
    print(f"growing: {', '.join(growing)}" if growing else "flat" if growths else "too few laps to tell")
    return 3 if not growths else int(bool(growing))


if __name__ == "__main__":
    sys.exit(main())
