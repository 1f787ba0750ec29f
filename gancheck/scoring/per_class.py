"""Class by class: what was asked for, and what came."""

from __future__ import annotations

from typing import Any

import polars
import torch
from torch import Tensor

from gancheck.scoring.checks.class_collapse import ClassDiversity
from gancheck.scoring.checks.class_width import by_class
from gancheck.scoring.checks.shrunken_modes import comparable, scatter
from gancheck.scoring.class_evidence import ClassEvidence
from gancheck.scoring.per_mode import known_values
from gancheck.scoring.scores import PER_CLASS, Finding

INTEGERS = ("class", "samples", "real_samples")
TEXTS = ("name", "looks_like", "status")
TYPES = {
    name: polars.Int64 if name in INTEGERS else polars.String if name in TEXTS else polars.Float64 for name in PER_CLASS
}
#: Status of a class, by the kind of the finding that names it; the first one holds.
STATUSES = {"collapsed": "collapsed", "mislabelled": "mislabelled", "shrunken-modes": "shrunken"}


def no_classes() -> polars.DataFrame:
    """The table without a row."""
    return polars.DataFrame(schema=TYPES)


def per_class(
    evidence: ClassEvidence,
    made: dict[int, ClassDiversity],
    findings: tuple[Finding, ...],
    distances: tuple[Tensor, Tensor],
) -> polars.DataFrame:
    """One row a class, with the columns of `PER_CLASS`; `distances` (C,) are those within it, and real data's own."""
    count = len(evidence.names)
    columns: dict[str, Any] = {
        "class": list(range(count)),
        "name": list(evidence.names),
        "samples": evidence.counts.long().tolist(),
        "real_samples": evidence.real_counts.long().tolist(),
        "adherence": adherence(evidence.looks),
        "real_adherence": adherence(evidence.real_looks),
        "looks_like": looks_like(evidence),
        "distinct": [made[k].points.value if k in made else None for k in range(count)],
        "real_distinct": [made[k].real if k in made else None for k in range(count)],
        "spread": spread(evidence),
        **{name: pad(found, count) for name, found in zip(("fid", "real_fid"), distances, strict=True)},
        "status": statuses(evidence, findings),
    }
    return polars.DataFrame({name: columns[name] for name in PER_CLASS}, schema_overrides=TYPES)


def adherence(looks: Tensor) -> list[float | None]:
    """Share of each class that looks like it; unknown without samples, and of a class that is no mode."""
    total, modes = looks.sum(1), looks.shape[1]
    own = torch.zeros_like(total)
    own[:modes] = looks[:modes].diagonal()
    return known_values(own / total.clamp_min(1), (total > 0) & (torch.arange(len(total)) < modes))


def looks_like(evidence: ClassEvidence) -> list[str | None]:
    """The class that most samples of each look like."""
    most, there = evidence.looks.argmax(1).tolist(), (evidence.counts > 0).tolist()
    return [evidence.names[k] if any_there else None for k, any_there in zip(most, there, strict=True)]


def spread(evidence: ClassEvidence) -> list[float | None]:
    """Standard deviation over real's, class by class."""
    fake, real = (view.modes for view in by_class(evidence))
    mine, theirs = (scatter(modes.facets[0], modes) for modes in (fake, real))
    ratio = (mine.variance / theirs.variance.clamp_min(1e-300)).sqrt()
    return known_values(ratio, comparable(mine, theirs, real.facets[0]))


def statuses(evidence: ClassEvidence, findings: tuple[Finding, ...]) -> list[str]:
    """What to say of each class; the tests have the first word."""
    named = {k: STATUSES[f.kind] for f in reversed(findings) if f.found and f.kind in STATUSES for k in f.modes}
    large = set(evidence.large)
    counts = evidence.counts.tolist()
    return [
        named.get(k, "held" if k in large else "unclear" if counts[k] else "absent") for k in range(len(evidence.names))
    ]


def pad(distances: Tensor, count: int) -> list[float | None]:
    """As many as there are classes; unknown where a class has too few samples."""
    known = distances.tolist()
    return [k if k == k else None for k in (*known, *[float("nan")] * (count - len(known)))]
