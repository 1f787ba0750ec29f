"""Mode by mode: who holds what."""

from __future__ import annotations

from typing import Any

import polars
import torch
from scipy.special import betaincinv
from torch import Tensor

from gancheck.metrics.modes import HELD
from gancheck.scoring.checks.shrunken_modes import comparable, scatter
from gancheck.scoring.evidence import Evidence
from gancheck.scoring.scores import PER_MODE, Finding
from gancheck.statistics.estimate import LEVEL

UNEVEN = 2.0  #: a mode is thin below 1 / 2 of its share and crowded above 2, the whole interval beyond

TYPES = {"mode": polars.Int64, "name": polars.String, "samples": polars.Int64, "status": polars.String}


def per_mode(evidence: Evidence, findings: tuple[Finding, ...]) -> polars.DataFrame:
    """One row a mode, with the columns of `PER_MODE`."""
    held, near = evidence.held, evidence.nearest
    low, high = interval(held, evidence.captured, evidence)
    columns: dict[str, Any] = {
        "mode": list(range(len(evidence.weights))),
        "name": list(evidence.names),
        "samples": held.long().tolist(),
        "share": (held / max(evidence.captured, 1.0)).tolist(),
        "real_share": evidence.weights.tolist(),
        "ratio": evidence.ratios.tolist(),
        "ratio_low": low.tolist(),
        "ratio_high": high.tolist(),
        "quality": known_values(held / near.clamp_min(1), near > 0),
        "spread": spread(evidence),
        "status": statuses(low, high, findings),
    }
    return polars.DataFrame({name: columns[name] for name in PER_MODE}, schema_overrides=TYPES)


def interval(counts: Tensor, n: float, evidence: Evidence) -> tuple[Tensor, Tensor]:
    """95 % interval of share over real share (Clopper & Pearson, Biometrika 1934).

    Where real shares were counted too, that of the ratio of two Poisson means, from the share that one has in both.
    """
    c = counts.numpy()
    if evidence.counts is None:
        other, scale = n - c, 1 / evidence.weights
    else:
        other, scale = evidence.counts.numpy(), evidence.counts.sum() / max(n, 1)
    low = betaincinv(c, other + 1, LEVEL / 2) * (c > 0)
    high = betaincinv(c + 1, other, 1 - LEVEL / 2)
    ends = [torch.from_numpy(end).nan_to_num(fill) for end, fill in ((low, 0.0), (high, 1.0))]
    if evidence.counts is not None:
        ends = [end / (1 - end) for end in ends]
    return ends[0] * scale, ends[1] * scale


def spread(evidence: Evidence) -> list[float | None]:
    """Standard deviation over real's, mode by mode; unknown where one mode is seen in several facets."""
    fake, real = evidence.modes, evidence.real.modes
    if len(fake.facets) != 1 or len(fake.deviations) != len(evidence.weights):
        return [None] * len(evidence.weights)
    mine, theirs = (scatter(m.facets[0], m) for m in (fake, real))
    ratio = (mine.variance / theirs.variance.clamp_min(1e-300)).sqrt()
    return known_values(ratio, comparable(mine, theirs, real.facets[0]))


def statuses(low: Tensor, high: Tensor, findings: tuple[Finding, ...]) -> list[str]:
    """What to say of each mode; the tests have the first word."""
    named = {f.kind: set(f.modes) for f in findings if f.found}
    found = []
    for k, (least, most) in enumerate(zip(low.tolist(), high.tolist(), strict=True)):
        otherwise = "unclear" if least < HELD and most > 1 / UNEVEN else "held"
        uneven = "thin" if most < 1 / UNEVEN else "crowded" if least > UNEVEN else otherwise
        shrunken = "shrunken" if k in named.get("shrunken-modes", ()) else uneven
        found.append("dropped" if k in named.get("dropped-modes", ()) else shrunken)
    return found


def known_values(values: Tensor, where: Tensor) -> list[float | None]:
    """The values, None where they are not defined."""
    return [v if there else None for v, there in zip(values.tolist(), where.tolist(), strict=True)]
