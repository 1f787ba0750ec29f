"""What `score` answers: a verdict, what speaks for it, and every number beside real data's."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import polars

from gancheck.evaluation.comparison import Sizes

Verdict = Literal[
    "healthy",
    "collapsed",
    "dropped-modes",
    "imbalanced",
    "shrunken-modes",
    "low-fidelity",
    "mislabelled",
    "memorised",
    "undecided",
]

#: Columns of `Scores.per_mode`, one row a mode.
PER_MODE = {
    "mode": "number of the mode, from 0 on",
    "name": "its label, or 'cluster 3'",
    "samples": "high-quality samples in it",
    "share": "of all high-quality samples",
    "real_share": "the same of real data",
    "ratio": "share over real share",
    "ratio_low": "95 % interval of the ratio",
    "ratio_high": "95 % interval of the ratio",
    "quality": "share of its samples that are high-quality; null where it has none",
    "spread": "standard deviation over real's, inside the mode; null below 10 samples",
    "status": "held, dropped, thin, crowded, shrunken, or unclear where there are too few samples to tell",
}

#: Columns of `Scores.per_class`, one row a class that samples were made for; empty without labels.
PER_CLASS = {
    "class": "number of the class",
    "name": "its label",
    "samples": "made for it",
    "real_samples": "held-out real samples of it",
    "adherence": "share of its samples whose nearest class it is",
    "real_adherence": "the same of held-out real data",
    "looks_like": "class that most of its samples are nearest to; null where clusters serve as modes",
    "distinct": "effective number of different samples in it; null below 20 samples",
    "real_distinct": "the same of held-out real data",
    "spread": "standard deviation over real's, inside the class; null below 10 samples",
    "fid": "Frechet distance to all real samples of it, on no scale; null below 50, and unless intra-fid is computed",
    "real_fid": "the same between two halves of these",
    "status": "held, collapsed, mislabelled, shrunken, absent, or unclear where there are too few samples to tell",
}


@dataclass(frozen=True)
class Finding:
    """One test and what it found: an effect with its interval, beside the margin that it must pass."""

    kind: Verdict  #: the label that it speaks for
    found: bool  #: significant after correction, and the whole interval beyond the margin
    text: str  #: one line for people
    test: str  #: name of the test
    p: float | None  #: corrected p-value; None where an interval decides
    effect: str  #: what is measured, such as "share of real mass in dropped modes"
    value: float
    low: float  #: interval at the corrected level
    high: float
    margin: float  #: what the interval must pass
    modes: tuple[int, ...] = ()  #: the modes concerned, or the classes


@dataclass(frozen=True, repr=False)
class Scores:
    """The answer to "did it collapse, and how?". `print(scores)` says it in a few lines."""

    verdict: Verdict
    reason: str  #: one sentence: why this verdict
    checks: tuple[Finding, ...]  #: every test that was made
    values: Mapping[str, float | None]  #: metric -> value; None where it is not defined for these samples
    floor: Mapping[str, float | None]  #: metric -> the same for real data against real data
    intervals: Mapping[str, tuple[float, float]]  #: metric -> 95 % interval, where one number would mislead
    per_mode: polars.DataFrame  #: columns of `PER_MODE`
    facts: Mapping[str, Any] = field(default_factory=dict)  #: what was compared with what: names, n, features, versions
    notes: tuple[str, ...] = ()  #: what was assumed, and warnings
    per_class: polars.DataFrame = field(default_factory=polars.DataFrame)  #: columns of `PER_CLASS`; empty unlabelled
    #: metric -> how many samples, and of the reference, its value and its floor were computed of
    sizes: Mapping[str, Sizes] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)  #: metric -> how long it took, with its floor

    def __repr__(self) -> str:
        lines = [f"{self.verdict}: {self.reason}"]
        for found in self.findings:
            lines.append(f"  {found.text} ({found.effect} {found.value:.3g} [{found.low:.3g}, {found.high:.3g}])")
        return "\n".join(lines)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The tests that found something, the verdict's own first."""
        return tuple(sorted((c for c in self.checks if c.found), key=lambda c: c.kind != self.verdict))

    @property
    def collapsed(self) -> bool:
        """Whether the verdict is a loss of diversity: collapsed, dropped-modes, imbalanced or shrunken-modes."""
        return self.verdict in ("collapsed", "dropped-modes", "imbalanced", "shrunken-modes")

    def to_json(self) -> str:
        """Everything but `seconds`, so that the same input gives the same text; what is not a finite number is null."""
        return json.dumps(
            finite(
                {
                    "verdict": self.verdict,
                    "reason": self.reason,
                    "findings": [asdict(f) for f in self.findings],
                    "checks": [asdict(c) for c in self.checks],
                    "values": dict(self.values),
                    "floor": dict(self.floor),
                    "intervals": {name: list(ends) for name, ends in self.intervals.items()},
                    "sizes": {name: sizes.as_dict() for name, sizes in self.sizes.items()},
                    "per_mode": self.per_mode.to_dicts(),
                    "per_class": self.per_class.to_dicts(),
                    "facts": dict(self.facts),
                    "notes": list(self.notes),
                }
            ),
            indent=2,
            allow_nan=False,
        )


def finite(value: Any) -> Any:
    """The same with null for NaN and infinities, which JSON has not."""
    if isinstance(value, dict):
        return {key: finite(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [finite(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
