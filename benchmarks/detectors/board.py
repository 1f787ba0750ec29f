"""The tables: a row a watcher, a row a scenario, and who was taken for what."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.detectors.auroc import auroc, interval
from benchmarks.detectors.verdicts import Verdict, macro_f1

SPEED = Path(__file__).parents[1] / "speed" / "watch.json"  #: what watching costs, where that was measured
Row = dict[str, Any]


def board_row(name: str, found: Sequence[Verdict]) -> Row:
    """One watcher's row of detectors.csv."""
    scores, positive = np.array([v.score for v in found]), np.array([v.what.is_positive for v in found])
    low, high = interval(scores, positive, [v.what.run.case.program for v in found])
    return {
        "detectors": name,
        "auroc": rounded(auroc(scores, positive)),
        "auroc_low": rounded(low),
        "auroc_high": rounded(high),
        "macro_f1": rounded(macro_f1(found)),
        **false_alarms(found),
        **delays([v for v in found if v.what.is_positive]),
        "overhead": overhead(name),
    }


def false_alarms(found: Sequence[Verdict]) -> Row:
    """Per 1,000 steps: of healthy runs, with notices, of harmless changes, and of faults that did no harm."""
    rates = {
        "false_alarms": per_1000([v for v in found if v.what.label == "healthy"]),
        "false_with_notices": per_1000([v for v in found if v.what.label == "healthy"], notices=True),
        "false_on_harmless": per_1000([v for v in found if v.what.label == "harmless"]),
        "alarms_on_benign": per_1000([v for v in found if v.what.label == "benign"]),
    }
    return {name: rounded(rate) for name, rate in rates.items()}


def per_1000(found: Sequence[Verdict], notices: bool = False) -> float:
    """Alarms per 1,000 steps."""
    steps = sum(v.what.run.steps for v in found)
    return 1_000 * sum(v.false_with_notices if notices else v.false for v in found) / steps if steps else math.nan


def delays(positive: Sequence[Verdict]) -> Row:
    """Of runs that were harmed: how late, how many never, and how long before the outcome shows it."""
    known = [v.delay for v in positive if v.delay is not None]
    at_rate = [v.delay_at_rate for v in positive if v.delay_at_rate is not None]
    leads = [v.what.harmed_at - v.first.step for v in positive if v.first and v.what.harmed_at is not None]
    return {
        "missed": share_missed(known, positive),
        "delay_median": quantile(known, 0.5),
        "delay_p90": quantile(known, 0.9),
        "missed_at_rate": share_missed(at_rate, positive),
        "delay_at_rate_median": quantile(at_rate, 0.5),
        "delay_at_rate_p90": quantile(at_rate, 0.9),
        "lead_median": quantile(leads, 0.5),
    }


def share_missed(known: Sequence[int], positive: Sequence[Verdict]) -> float | None:
    """Of runs that were harmed."""
    return rounded(1 - len(known) / len(positive)) if positive else None


def quantile(values: Sequence[int], at: float) -> float | None:
    """None where there is nothing."""
    return round(float(np.quantile(values, at)), 1) if values else None


def rounded(value: float) -> float | None:
    """Three digits; None for NaN, which CSV has no word for."""
    return round(value, 3) if math.isfinite(value) else None


def overhead(name: str) -> float | None:
    """Share of a step's time, of a preset that was timed; of the model for which it is the largest."""
    if not SPEED.is_file():
        return None
    kept = json.loads(SPEED.read_text(encoding="utf-8"))
    preset = name.removeprefix("gancheck, ")
    return max((model[preset] for model in kept.get("overhead", {}).values() if preset in model), default=None)


def scenario_rows(name: str, found: Sequence[Verdict]) -> list[Row]:
    """A row for every scenario and severity: how often it did harm, was seen, and was named."""
    keys = dict.fromkeys((v.what.run.case.scenario, v.what.run.case.severity) for v in found)
    return [scenario_row(name, *key, [v for v in found if key_of(v) == key]) for key in keys]


def key_of(found: Verdict) -> tuple[str, int]:
    """A run's scenario and severity."""
    return found.what.run.case.scenario, found.what.run.case.severity


def scenario_row(name: str, scenario: str, severity: int, found: Sequence[Verdict]) -> Row:
    """One row of by_scenario.csv."""
    harmed = [v for v in found if v.what.harmed_at is not None]
    seen = [v for v in found if v.first]
    return {
        "detectors": name,
        "scenario": scenario,
        "severity": severity,
        "cause": found[0].what.run.case.what.cause,
        "runs": len(found),
        "harmed": len(harmed),
        "alarmed": len(seen),
        "harmed_and_alarmed": sum(v.first is not None for v in harmed),
        "harmed_and_named": sum(v.named == v.cause for v in harmed if v.what.is_positive),
        "delay_median": quantile([v.delay for v in harmed if v.delay is not None], 0.5),
        "first_alarms": " ".join(f"{n}:{c}" for n, c in firsts(seen).most_common(4)),
    }


def firsts(found: Sequence[Verdict]) -> Counter[str]:
    """Who spoke first."""
    return Counter(v.first.detector for v in found if v.first)


def confusion_rows(name: str, found: Sequence[Verdict]) -> list[Row]:
    """What was wrong, and what was named."""
    pairs = Counter((v.cause, v.named) for v in found)
    return [
        {"detectors": name, "cause": cause, "named": said, "runs": count}
        for (cause, said), count in sorted(pairs.items(), key=lambda item: (item[0][0], -item[1]))
    ]


def who_alarms(name: str, found: Sequence[Verdict]) -> list[Row]:
    """First warnings in runs where nothing is wrong, by detector."""
    kinds = ("healthy", "harmless", "benign")
    counts = {kind: firsts([v for v in found if v.what.label == kind]) for kind in kinds}
    names = dict.fromkeys(detector for kind in kinds for detector, _ in counts[kind].most_common())
    return [{"detectors": name, "detector": d, **{kind: counts[kind][d] for kind in kinds}} for d in names]
