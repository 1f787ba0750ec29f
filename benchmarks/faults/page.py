"""The folder's README, of the table alone."""

from __future__ import annotations

from benchmarks.faults.kills import KILLS
from benchmarks.faults.power import POWER
from benchmarks.faults.tally import Table, Tally

HEAD = """\
# Faults

{tried} faults, of which {kills} are kills at random moments (seed {seed}), in {minutes:.0f} minutes. Runs lost: {lost}.
Boards that differ: {differ}. On {about}.

```sh
{command}
```

| fault | times tried | met work | runs lost | folders compared | board identical | bad ends | seconds a try |
|---|---|---|---|---|---|---|---|
{rows}

`tiny.toml` is hit: four runs in two cells, one trained as a stack that writes checkpoints all the time, one by a loop
of its own. A kill comes at any moment in the life of a driver, which in some of the tries has two workers and else
works itself; two of them hit one folder. Then the same command finishes the folder, and every number of every run, the
board, and what is left half-written are compared with those of a run to which nothing happened: all but times. Runs are
lost that were committed before a fault and are not there after it. A bad end is a driver that hangs or crashes without
a line, or a worker that outlives its driver.

How faults are made, where not by a signal:

- **power cut**: the driver is killed; every file whose content was not synced is cut at a random place, and every
  rename whose folder was not synced after it is undone or not, by chance. Nothing is assumed of the order in which
  disks write.
- **disk full**: after the n-th file that takes its place, for every n, the kernel refuses all bytes beyond a few of
  every file (`RLIMIT_FSIZE`), so that writes fail half-way. The driver must end with one line and status 2.
- **permission lost**, **read-only**: the folder's mode changes and the process is no longer root.
- **clock**: files are of tomorrow, and `time.time` of the driver jumps back by an hour.
- **version 0.1**: `folder-0.1` is what that version wrote for a suite of the same name.
- **descriptors**: `RLIMIT_NOFILE` is what is open at the start and n more, for every n until the run passes.

`make bench-faults` makes the whole table; `--resume` goes on with one that was broken off. `python -m
benchmarks.faults.soak` runs a suite in a loop and says whether memory, descriptors, threads, temporary files and
children stay as they are ([the last time](soak.md)).
"""


def page(table: Table) -> str:
    """All of it."""
    tallies = list(table.tallies.values())
    kills = {fault.name for fault in (*KILLS, *POWER)}
    return HEAD.format(
        command=table.command,
        seed=table.seed,
        about=", ".join(f"{key} {value}" for key, value in table.about.items()),
        tried=sum(tally.tried for tally in tallies),
        kills=sum(tally.tried for tally in tallies if tally.fault in kills),
        minutes=sum(tally.seconds for tally in tallies) / 60,
        lost=sum(tally.runs_lost for tally in tallies),
        differ=sum(tally.boards_differ for tally in tallies),
        rows="\n".join(map(row, tallies)),
    )


def row(tally: Tally) -> str:
    """A row of the table."""
    cells = (tally.tried, tally.met, tally.runs_lost, tally.folders, tally.board_identical, tally.bad_ends)
    return f"| {tally.fault} | {' | '.join(map(str, cells))} | {tally.seconds / max(1, tally.tried):.1f} |"
