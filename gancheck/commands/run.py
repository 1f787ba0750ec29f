"""`gancheck run`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from gancheck.board import RULE
from gancheck.console import Output
from gancheck.planning import show
from gancheck.report import breaking_points
from gancheck.report.tables import terminal
from gancheck.running import Outcome, Plan, execute

Several = Annotated[list[str] | None, Parameter(consume_multiple=False, negative="")]


def run_command(
    suite: str,
    *,
    with_: Annotated[list[Path] | None, Parameter(name="--with", consume_multiple=False, negative="")] = None,
    only: Several = None,
    seeds: int | None = None,
    steps: int | None = None,
    out: Path | None = None,
    jobs: int | None = None,
    device: Literal["auto", "cpu", "cuda"] = "auto",
    plan: Annotated[bool, Parameter(negative="")] = False,
    force: Annotated[bool, Parameter(negative="")] = False,
) -> int:
    """Train, measure and rank a suite; what is done already is not done again.

    Parameters
    ----------
    suite
        A suite's name (gancheck list suites) or a .toml file.
    with_
        A plug-in file or folder; can be given several times.
    only
        strategy=a,b or dataset=a or gan=a: a part of the suite, or plug-ins that it does not name.
    seeds
        How many seeds; whole blocks are trained.
    steps
        Generator updates instead of the suite's; the board's suite_version then says so.
    out
        Results folder; runs/<suite> unless given.
    jobs
        Worker processes. Unless given, one per core, with one thread each (one on a GPU); if given, they share the
        cores, which pays for large networks.
    device
        auto takes the GPU where there is one.
    plan
        Only print the grid, what is there already, and an estimate.
    force
        Train again what the folder already holds.
    """
    made = Plan.make(suite, with_ or (), only or (), seeds, steps, out, device, force)
    if plan:
        show(made, jobs, Output())
        return 0
    outcome = execute(made, jobs)
    conclude(outcome)
    return 1 if outcome.failed else 0


def conclude(outcome: Outcome) -> None:
    """The table for people, then the one line for everybody."""
    board, output = outcome.board, Output()
    rows = board.leaderboard()
    output.print(terminal(rows, f"{board.suite}, version {board.suite_version}", f"{board.verdict()} {RULE}"))
    if board.climbs:
        readings = [(climb.strategy, climb.knob, climb.reading) for climb in board.climbs]
        output.print(breaking_points.terminal(readings, [row["strategy"] for row in rows]))
    print(outcome)
