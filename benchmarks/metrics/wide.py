"""Is the verdict right on what people bring? Tables, counts, categories, series, heavy tails, all scales and sizes.

    python -m benchmarks.metrics.wide            # writes benchmarks/metrics/wide.json and .md
    python -m benchmarks.metrics.wide --resume answers.jsonl --workers 1 --minutes 60

Rules and margins were set by reasoning and tried on seeds below 1,000. Seeds here start at 600,000: those of earlier
runs, which faults were found on, are not used again.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch

from benchmarks.machine import machine
from benchmarks.metrics import kinds
from benchmarks.metrics.kinds import KINDS
from benchmarks.metrics.trials import Effort, notes_of, run_trials, spread_evenly
from gancheck.plugins.registry import Registry
from gancheck.scoring.real_data import RealDataRequest
from gancheck.scoring.score import Scoring
from gancheck.statistics.intervals import wilson
from gancheck.system.files import write_text

HERE = Path(__file__).parent
FIRST = 600_000  #: seed
#: Real draws of every kind: samples, and how many draws; the reference holds twice as many.
REAL = ((500, 900), (1_000, 80), (4_000, 18), (50_000, 2))
FEW, FEW_DRAWS = 200, 100  #: where power lacks: `undecided` with its reason is right too
DAMAGED, DRAWS = 1_000, 20
CONTINUOUS = ("plane", "thirty", "scales", "series", "ten clusters", "constants", "heavy tails")
CLOUDS = ("plane", "thirty", "scales", "series", "heavy tails", "constants")
HIDING = {("narrow", "heavy tails")}
MORE = 4_000  #: samples of kinds whose tails hide a width from fewer
#: Damage, what must come out, and the kinds that it fits.
DAMAGES: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("one_row", ("collapsed",), tuple(KINDS)),
    ("ten_rows", ("collapsed",), tuple(kind for kind in KINDS if kind != "one hot")),
    ("half_twice", ("collapsed",), (*CONTINUOUS, "people", "hundred clusters")),
    ("narrow", ("shrunken-modes",), CLOUDS),
    ("flat_third", ("shrunken-modes",), ("plane", "thirty", "series", "constants", "heavy tails")),
    ("wide", ("low-fidelity",), CLOUDS),
    ("shift", ("low-fidelity",), (*CONTINUOUS, "people")),
    ("unrelated", ("low-fidelity",), ("scales", "series", "ten clusters", "one hot")),
    ("third_lost", ("dropped-modes",), ("plane", "ten clusters", "hundred clusters")),
    ("category_lost", ("dropped-modes",), ("people", "one hot")),
)


@dataclass(frozen=True)
class Trial:
    """One draw of a kind, damaged or not, against a reference twice as large."""

    kind: str
    n: int
    damage: str
    expected: tuple[str, ...]
    seed: int


def trials(first: int = FIRST) -> Iterator[Trial]:
    """Every draw, each with a seed of its own."""
    for kind in KINDS:
        for n, draws in (*REAL, (FEW, FEW_DRAWS)):
            right: tuple[str, ...] = ("healthy",) if n > FEW else ("healthy", "undecided")
            yield from (Trial(kind, n, "nothing", right, first + draw) for draw in range(draws))
    for damage, expected, fitting in DAMAGES:
        for kind in fitting:
            n = MORE if (damage, kind) in HIDING else DAMAGED
            yield from (Trial(kind, n, damage, expected, first + draw) for draw in range(DRAWS))


@cache
def registry() -> Registry:
    """Read once a process."""
    return Registry.load()


def run(trial: Trial) -> dict[str, Any]:
    """The verdict on one draw."""
    torch.set_num_threads(1)
    draw = KINDS[trial.kind]
    r = np.random.default_rng([trial.seed, list(KINDS).index(trial.kind), trial.n])
    reference, x = draw(2 * trial.n, r), draw(trial.n, r)
    samples = getattr(kinds, trial.damage)(x, r)
    real_data = RealDataRequest(reference=reference).build(registry(), torch.device("cpu"))
    label, reason = Scoring.of(samples, real_data).verdict
    return {**asdict(trial), "verdict": label, "reason": reason}


def main() -> None:
    """Run every trial, then count."""
    todo = spread_evenly(list(trials()), lambda trial: (trial.kind, trial.n, trial.damage))
    found = summary(run_trials(run, todo, Effort.read(__doc__)))
    write_text(HERE / "wide.json", json.dumps(found, indent=1) + "\n")
    write_text(HERE / "wide.md", page(found))


def summary(answers: list[dict[str, Any]]) -> dict[str, Any]:
    """Counts of verdicts for every kind, n and damage, and the reasons of what came out otherwise."""
    groups: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for answer in answers:
        key = (answer["kind"], answer["n"], answer["damage"], tuple(answer["expected"]))
        groups.setdefault(key, []).append(answer)
    rows = [
        {
            **dict(zip(("kind", "n", "damage", "expected"), key, strict=True)),
            "draws": len(members),
            "verdicts": dict(Counter(m["verdict"] for m in members).most_common()),
            "surprises": sorted({m["reason"] for m in members if m["verdict"] not in key[-1]})[:3],
        }
        for key, members in groups.items()
    ]
    counts = {"draws": len(answers), "planned": sum(1 for _ in trials())}
    return {"command": "python -m benchmarks.metrics.wide", "first seed": FIRST, **counts, **machine(), "rows": rows}


def page(found: dict[str, Any]) -> str:
    """Real data kind by kind, then every damage."""
    rows = found["rows"]
    real = [row for row in rows if row["damage"] == "nothing"]
    return "\n".join(
        [
            "# Is the verdict right on what people bring?",
            "",
            f"Made by `{found['command']}`, seeds from {found['first seed']}, on {found['cores']} cores "
            f"({found['cpu']}), torch {found['torch']}. References, without labels, hold twice as many samples.",
            "",
            *stopped_early(found),
            *notes_of(found),
            "## Real data against real data",
            "",
            "| kind | healthy, from 500 samples on | 95 % interval | other verdicts | 200 samples |",
            "| --- | --- | --- | --- | --- |",
            *(real_line(kind, [row for row in real if row["kind"] == kind]) for kind in KINDS),
            "",
            "## Damaged data",
            "",
            "| damage | kind | n | expected | verdicts |",
            "| --- | --- | --- | --- | --- |",
            *(damage_line(row) for row in rows if row["damage"] != "nothing"),
            "",
            "Kinds and damages are in `benchmarks/metrics/kinds.py`; why something else came out is in `wide.json`.",
            "",
        ]
    )


def stopped_early(found: dict[str, Any]) -> list[str]:
    """Where not all draws were made."""
    if found["draws"] == found["planned"]:
        return []
    return [f"Stopped before its end: {found['draws']:,} of {found['planned']:,} draws, spread over the settings.", ""]


def real_line(kind: str, rows: list[dict[str, Any]]) -> str:
    """One kind."""
    many, few = Counter[str](), Counter[str]()
    for row in rows:
        (few if row["n"] == FEW else many).update(row["verdicts"])
    draws, right = many.total(), many.pop("healthy", 0)
    interval = wilson(right, draws)
    ends = f"{interval.low:.1%} to {interval.high:.1%}"
    return f"| {kind} | {right} of {draws} | {ends} | {list_counts(many)} | {list_counts(few)} |"


def damage_line(row: dict[str, Any]) -> str:
    """One damage of one kind."""
    expected = " or ".join(row["expected"])
    cells = (row["damage"].replace("_", " "), row["kind"], f"{row['n']:,}", expected, list_counts(row["verdicts"]))
    return f"| {' | '.join(cells)} |"


def list_counts(counts: dict[str, int]) -> str:
    """`healthy 9, collapsed 1`."""
    return ", ".join(f"{name} {count}" for name, count in counts.items())


if __name__ == "__main__":
    main()
