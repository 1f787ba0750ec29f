"""What the tables say, in sentences that follow from the numbers, good or bad."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from benchmarks.detectors.faults.all import ALL
from benchmarks.detectors.watchers import OURS, PRESETS

Row = dict[str, Any]
BUDGET = 1.0  #: false alarms per 1,000 healthy steps that the standard preset may raise
YARDSTICKS = ("always", "never")
POOR = 0.5  #: share of harmed runs below which a scenario counts as hardly seen


def reading(board: Sequence[Row], scenarios: Sequence[Row], told: Row) -> str:
    """A few sentences, one a line of a list."""
    ours = next(row for row in board if row["detectors"] == OURS)
    known = {f"gancheck, {preset}" for preset in PRESETS} | set(YARDSTICKS)
    peers = [row for row in board if row["detectors"] not in known]
    found = [row for row in scenarios if row["detectors"] == OURS]
    sentences = [
        stopped(told),
        ranking(ours, peers),
        alarms(ours, peers),
        hard(ours),
        unseen(found),
        harmless(found),
        labels(told),
    ]
    return "\n".join(f"- {sentence}" for sentence in sentences if sentence)


def ranking(ours: Row, peers: Sequence[Row]) -> str:
    """Who tells harmed runs from others better."""
    best = max(peers, key=lambda row: row["auroc"] or 0)
    ahead = [row["detectors"] for row in peers if (row["auroc"] or 0) >= (ours["auroc"] or 0)]
    first = f"The standard preset has AUROC {ours['auroc']:.2f}"
    first += f"; the best peer is {best['detectors']} with {best['auroc']:.2f}"
    overlap = best["auroc_high"] > ours["auroc_low"]
    clear = ", and the two intervals overlap" if overlap else ", and the two intervals do not overlap"
    return f"{first}{clear}." + (f" Ahead of it: {', '.join(ahead)}." if ahead else " It is ahead of every peer.")


def alarms(ours: Row, peers: Sequence[Row]) -> str:
    """Who alarms less where nothing is wrong."""
    rate = ours["false_alarms"]
    kept = "within" if rate <= BUDGET else "beyond"
    fewer = [f"{row['detectors']} ({row['false_alarms']:.2f}, missing {row['missed']:.2f})" for row in peers]
    fewer = [text for text, row in zip(fewer, peers, strict=True) if row["false_alarms"] < rate]
    said = f"It warns {rate:.2f} times in 1,000 healthy steps, {kept} the budget of {BUDGET:.0f}"
    said += f", and misses {ours['missed']:.2f}"
    return f"{said} of harmed runs." + (
        f" Fewer false alarms: {', '.join(fewer)}." if fewer else " No peer warns less."
    )


def hard(ours: Row) -> str:
    """How it does where a change looks like a fault."""
    if ours["false_on_harmless"] is None:
        return ""
    benign = ours["alarms_on_benign"]
    more = f", and {benign:.2f} where a fault was put in that did no harm" if benign is not None else ""
    return f"On harmless changes it warns {ours['false_on_harmless']:.2f} times in 1,000 steps{more}."


def unseen(rows: Sequence[Row]) -> str:
    """Faults that do harm and are hardly seen."""
    missed = [name for name, harmed, both in sums(rows, True) if harmed >= 3 and both < POOR * harmed]
    return f"Most harmed runs of these are missed: {', '.join(missed)}." if missed else ""


def harmless(rows: Sequence[Row]) -> str:
    """Harmless changes that alarm."""
    found = [(row["scenario"], row["alarmed"], row["runs"]) for row in rows if not ALL[row["scenario"]].cause]
    loud = [f"{name} ({alarmed} of {runs})" for name, alarmed, runs in found if alarmed > 0.1 * runs]
    return f"Runs with a false warning are more than one in ten of: {', '.join(loud)}." if loud else ""


def labels(told: Row) -> str:
    """What the judgement rests on."""
    counts = told["labels"]
    text = ", ".join(f"{counts.get(kind, 0):,} {kind}" for kind in ("positive", "benign", "healthy", "harmless"))
    worse = told["harmless_but_worse"]
    rest = f"Of the harmless ones {worse} came out worse than healthy runs, and count as negative all the same."
    return f"Runs by label: {text}. {rest}"


def stopped(told: Row) -> str:
    """Runs in which the monitor gave up."""
    count = told["monitors_stopped"]
    return f"In {count} runs the monitor stopped measuring by an error of its own." if count else ""


def sums(rows: Sequence[Row], faults: bool) -> list[tuple[str, int, int]]:
    """Scenario, harmed runs, and those with a warning, all severities together."""
    found = [row for row in rows if bool(ALL[row["scenario"]].cause) == faults]
    return [(name, total(found, name, "harmed"), total(found, name, "harmed_and_alarmed")) for name in names(found)]


def names(rows: Sequence[Row]) -> list[str]:
    """Scenarios, each once."""
    return list(dict.fromkeys(row["scenario"] for row in rows))


def total(rows: Sequence[Row], scenario: str, key: str) -> int:
    """A scenario's number, all severities together."""
    return sum(row[key] for row in rows if row["scenario"] == scenario)
