"""The page about the leaderboard, from the committed tables."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks.detectors.faults.all import ALL
from benchmarks.detectors.peers import debuggers, streams
from benchmarks.detectors.reading import reading
from benchmarks.detectors.watchers import OURS

HERE = Path(__file__).parent
PAGE = HERE / "README.md"
Row = dict[str, Any]

HEAD = """# Which detectors of training faults to believe

Made by `make bench-detectors`; do not edit. {runs:,} trainings of {programs} small programs (`programs/`), healthy ones
and such with one of {faults} faults in three severities (`faults/`), were recorded once: {steps:,} steps,
{core_minutes} core-minutes on {cpu}, torch {torch}. Everything below is a replay of those traces.

"""
RULES = """
## How to read it

- **Labels come from no detector.** A run is positive where a fault was put in *and* its outcome, which no detector
  sees (loss of test data; shares, width and copies of known modes; distance of both players from a known optimum),
  left the range that holds 95 % of healthy runs of the same program. A fault that did no harm counts as negative for
  AUROC (`benign`), and is listed by scenario. Healthy runs and harmless changes (decay steps, warm-up, restarts,
  dropout, Wasserstein losses, imbalanced data, a spike that recovers, a converged model, frozen layers, clipping, R1's
  inward spirals) are negative whatever came out.
- **AUROC**: of the largest excess over a threshold, each detector's put on a scale by healthy runs of the *other*
  programs (`calibration.py`); no threshold is chosen on a run that is reported. The interval draws programs.
- **Cause**: macro-F1 over all causes and "nothing wrong", of the first warning at or after the onset that follows from
  no other; a notice counts where there is no warning. What names what stands in `causes.py`.
- **False alarms**: warnings per 1,000 healthy steps at default thresholds, merged within 100 steps. Notices, which tell
  of something that may be as intended, are a column of their own.
- **Missed, delay, lead**: of harmed runs, from the onset to the first warning, and from it to the first look from which
  on the outcome stays worse. "At one rate" lowers or raises all thresholds of a tool together until 5 % of healthy
  runs of the other programs have an alarm; an alarm before the onset is a miss there.
- **Peers** are their published rules and thresholds, written anew over the same numbers (`peers/`), any rule of a tool
  being its alarm. They get what gancheck measures every 10 steps, which is more often than most of them look. An epoch
  is 25 steps. Rules that ask a loss to fall are not shown those of a game. TheDeepChecker's rules are meant for a
  training on one batch, and are out of their place here. Streams' tests alarm only where a loss rises.
- The programs are small and train for less than a minute; what detectors say of long trainings of large models is not
  measured here. Faults and detectors were written by the same project, if by different hands.

Your own: `make bench-detectors WITH=mine.py` adds a row for every detector in the file. All numbers:
[detectors.csv](results/detectors.csv), [by_scenario.csv](results/by_scenario.csv),
[confusion.csv](results/confusion.csv), [false_alarms.csv](results/false_alarms.csv),
[summary.json](results/summary.json).
"""
COLUMNS = {
    "detectors": "",
    "auroc": "AUROC",
    "interval": "95 %",
    "macro_f1": "cause F1",
    "false_alarms": "false / 1,000",
    "false_on_harmless": "on harmless",
    "missed": "missed",
    "delay_median": "delay",
    "delay_p90": "p90",
    "missed_at_rate": "missed at one rate",
    "delay_at_rate_median": "delay at one rate",
    "lead_median": "lead",
}


def page(results: Path) -> str:
    """All of it."""
    told = json.loads((results / "summary.json").read_text(encoding="utf-8"))
    board = pl.read_csv(results / "detectors.csv", infer_schema_length=None).to_dicts()
    scenarios = pl.read_csv(results / "by_scenario.csv", infer_schema_length=None).to_dicts()
    false = pl.read_csv(results / "false_alarms.csv", infer_schema_length=None).to_dicts()
    facts = {**told, **told["machine"], "programs": len(told["programs"]), "faults": faults()}
    parts = [HEAD.format(**facts), table(board), "\n\n## What it says\n\n", reading(board, scenarios, told), "\n"]
    parts += [RULES, "\n## By scenario\n\n", by_scenario(scenarios), "\n\n## False alarms\n\n", who(false)]
    return "".join([*parts, "\n\n## Peers\n\n", peers(), "\n"])


def faults() -> int:
    """How many scenarios are faults."""
    return sum(bool(scenario.cause) for scenario in ALL.values())


def table(board: Sequence[Row]) -> str:
    """The board, best AUROC first."""
    rows = [{**row, "interval": f"{shown(row['auroc_low'])} to {shown(row['auroc_high'])}"} for row in board]
    lines = [f"| {' | '.join(COLUMNS.values())} |", f"|{'---|' * len(COLUMNS)}"]
    return "\n".join([*lines, *(f"| {' | '.join(shown(row[name]) for name in COLUMNS)} |" for row in rows)])


def shown(value: object) -> str:
    """A cell."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.2f}" if abs(value) < 10 else f"{value:,.0f}"
    return str(value)


def by_scenario(rows: Sequence[Row]) -> str:
    """A row a scenario, all severities together, of gancheck's standard preset."""
    lines = [
        "`harmed` counts runs whose outcome was worse, `seen` those of them with a warning after the onset, `named`",
        "those in which the first one named the cause; `alarmed, unharmed` are warnings where nothing was lost.\n",
        "| scenario | what is changed | runs | harmed | seen | named | alarmed, unharmed | speak first |",
        "|---|---|---|---|---|---|---|---|",
    ]
    ours = [row for row in rows if row["detectors"] == OURS]
    names = [name for name in ALL if any(row["scenario"] == name for row in ours)]
    return "\n".join([*lines, *(scenario_line(n, [row for row in ours if row["scenario"] == n]) for n in names)])


def scenario_line(name: str, rows: Sequence[Row]) -> str:
    """One scenario's."""
    runs, harmed, alarmed, both, named = (
        sum(row[key] for row in rows) for key in ("runs", "harmed", "alarmed", "harmed_and_alarmed", "harmed_and_named")
    )
    counts: dict[str, int] = {}
    for detector, _, count in (part.partition(":") for row in rows for part in (row["first_alarms"] or "").split()):
        counts[detector] = counts.get(detector, 0) + int(count)
    first = ", ".join(f"{d} {c}" for d, c in sorted(counts.items(), key=lambda item: -item[1])[:3])
    cells = (name, ALL[name].about, runs, harmed, both, named if ALL[name].cause else "", alarmed - both, first)
    return f"| {' | '.join(map(str, cells))} |"


def who(rows: Sequence[Row]) -> str:
    """Which of gancheck's detectors warn first where nothing is wrong."""
    ours = [row for row in rows if row["detectors"] == OURS]
    if not ours:
        return "None of the standard preset warned in a run where nothing was wrong."
    lines = ["Runs in which it warned first, of the standard preset.\n", "| detector | healthy | harmless | benign |"]
    cells = ("detector", "healthy", "harmless", "benign")
    return "\n".join([*lines, "|---|---|---|---|", *(f"| {' | '.join(str(r[c]) for c in cells)} |" for r in ours)])


def peers() -> str:
    """Where rules come from."""
    return "\n".join(f"- {p.name}: {p.source}; {len(p.rules)} rules." for p in (*debuggers.PEERS, *streams.PEERS))
