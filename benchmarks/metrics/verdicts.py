"""Is the verdict right? Real data against real data, and real data damaged by known amounts.

    python -m benchmarks.metrics.verdicts            # writes benchmarks/metrics/verdicts.json and .md

Margins and levels in `gancheck/scoring` were set by reasoning, before this was first run. Seeds here start at 500,000;
those tried while building were below 100. A damage must show only where it passes the margin that its test states;
smaller ones are listed as "below the margin", where `healthy` and the damage's own label are both right.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from benchmarks.machine import machine
from benchmarks.metrics import damage as damages
from benchmarks.metrics.cases import FIRST, LABELS, UNSURE, Trial, trials
from benchmarks.metrics.trials import Effort, notes_of, run_trials, spread_evenly
from gancheck.datasets.base import Pool
from gancheck.evaluation.real_data.base import RealData
from gancheck.evaluation.real_data.dataset import DatasetRealData
from gancheck.evaluation.real_data.reference import Extract, ReferenceRealData
from gancheck.extractors.loaded import load_extractor
from gancheck.loading.open import open_samples
from gancheck.numerics.seeding import generator
from gancheck.plugins.parameters import parse_call
from gancheck.plugins.registry import Registry
from gancheck.scoring.score import Scoring
from gancheck.statistics.intervals import wilson
from gancheck.system.files import write_text

HERE = Path(__file__).parent
TRAIN = 2_000  #: training samples of data without a finite training set
MANY = 20_000  #: the same where there are a thousand modes


def run(trial: Trial) -> dict[str, object]:
    """The verdict on one draw."""
    torch.set_num_threads(1)
    registry = Registry.load()
    name, values = parse_call(trial.data)
    dataset = registry.build("dataset", name, **values)
    train = TRAIN if len(dataset.weights) < 100 else MANY
    # There are so few digits that samples of the reference's pool would be the reference's own, and that some are
    # there again.
    few = trial.data == "digits"
    pool: Pool = "calibration" if few else "reference"
    repeats = trial.real_data == "known" and not few
    source = damages.Source.of(dataset, 4 * trial.n, train, trial.seed, pool, repeats=repeats)
    stream = generator("cpu", "damage", trial.seed, trial.damage, trial.amount)
    x = getattr(damages, trial.damage)(source, trial.n, trial.amount, stream)
    start = time.perf_counter()
    scoring = Scoring.of(x, real_data(trial, source))
    label, reason = scoring.verdict
    found = [check.kind for check in scoring.checks if check.found]
    seconds = time.perf_counter() - start
    return {**asdict(trial), "verdict": label, "reason": reason, "found": found, "seconds": round(seconds, 2)}


def real_data(trial: Trial, source: damages.Source) -> RealData:
    """The data set itself, or twice as many real samples of it as are scored, given as a reference."""
    data = source.dataset
    train = open_samples(source.train)
    if trial.real_data == "known":
        return DatasetRealData(trial.data, data, train)
    reference = data.distinct("real", 2 * trial.n, generator("cpu", "given", trial.seed))
    labels = data.assign(data.features(reference)).label if trial.real_data == "labelled" else None
    names = tuple(map(str, range(len(data.weights)))) if labels is not None else ()
    extract: Extract = lambda s, most: data.features(s.take(most))  # noqa: E731
    return ReferenceRealData(
        open_samples(reference),
        load_extractor("points", Registry.load()),
        extract,
        labels=labels,
        names=names,
        train=train,
    )


def main() -> None:
    """Run every trial, then count."""
    todo = spread_evenly(trials(), lambda trial: (trial.data, trial.real_data, trial.n, trial.damage, trial.amount))
    answers = run_trials(run, todo, Effort.read(__doc__))
    write_text(HERE / "verdicts.json", json.dumps(summary(answers), indent=1) + "\n")
    write_text(HERE / "verdicts.md", page(summary(answers)))


Row = dict[str, object]


def summary(answers: list[Row]) -> dict[str, object]:
    """Counts of verdicts for every data set, how it is given, n, damage and amount."""
    groups: dict[tuple[object, ...], list[Row]] = {}
    for answer in answers:
        key = tuple(answer[k] for k in ("data", "real_data", "n", "damage", "amount", "expected"))
        groups.setdefault(key, []).append(answer)
    rows = [
        {
            **dict(zip(("data", "real_data", "n", "damage", "amount", "expected"), key, strict=True)),
            "draws": len(members),
            "verdicts": dict(Counter(str(m["verdict"]) for m in members).most_common()),
            "surprises": sorted({str(m["reason"]) for m in members if key[-1] and m["verdict"] != key[-1]})[:3],
        }
        for key, members in groups.items()
    ]
    return {"command": "python -m benchmarks.metrics.verdicts", "first seed": FIRST, **machine(), "rows": rows}


def page(found: dict[str, Any]) -> str:
    """The confusion matrix, and where it comes from."""
    rows = found["rows"]
    right, draws = healthy(rows)
    interval = wilson(right, draws)
    return "\n".join(
        [
            "# Is the verdict right?",
            "",
            f"Real data against real data was healthy in **{right} of {draws}** draws "
            f"({right / draws:.1%}, 95 % interval {interval.low:.1%} to {interval.high:.1%}), over "
            f"{sum(r['damage'] == 'nothing' for r in rows)} settings.",
            "",
            f"Made by `{found['command']}`, seeds from {found['first seed']}, on {found['cores']} cores "
            f"({found['cpu']}), torch {found['torch']}.",
            "",
            *notes_of(found),
            "## Damaged data: what came out",
            "",
            *matrix([r for r in rows if r["expected"]]),
            "",
            "## Every setting",
            "",
            "| data | modes | n | damage | amount | expected | verdicts |",
            "| --- | --- | --- | --- | --- | --- | --- |",
            *(line(r) for r in rows),
            "",
        ]
    )


def healthy(rows: list[dict[str, Any]]) -> tuple[int, int]:
    """Real draws that were called healthy, and all of them."""
    real = [row for row in rows if row["damage"] == damages.nothing.__name__]
    return sum(row["verdicts"].get("healthy", 0) for row in real), sum(row["draws"] for row in real)


def matrix(rows: list[dict[str, Any]]) -> list[str]:
    """Expected label by row, verdict by column."""
    columns = (*LABELS, UNSURE)
    table = [f"| expected | {' | '.join(columns)} |", f"| --- |{' --- |' * len(columns)}"]
    for expected in LABELS:
        total: Counter[str] = Counter()
        for row in rows:
            total.update(row["verdicts"] if row["expected"] == expected else {})
        table.append(f"| **{expected}** | {' | '.join(str(total[c] or '') for c in columns)} |")
    return table


def line(row: dict[str, Any]) -> str:
    """One setting."""
    verdicts = ", ".join(f"{name} {count}" for name, count in row["verdicts"].items())
    cells = (row["data"], row["real_data"], f"{row['n']:,}", row["damage"], f"{row['amount']:g}")
    return f"| {' | '.join(map(str, cells))} | {row['expected'] or 'below the margin'} | {verdicts} |"


if __name__ == "__main__":
    main()
