"""How near the extrapolated value of real data comes to that of fresh draws at full size.

python -m benchmarks.metrics.floor        # writes benchmarks/metrics/floor.json and .md
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

import torch
from torch import Tensor

from benchmarks.machine import machine
from benchmarks.usage import refuse_arguments
from gancheck.evaluation.floor import RealSplits, divide, extrapolate, size
from gancheck.evaluation.measure import RegisteredMetric
from gancheck.evaluation.panel import select_metrics
from gancheck.evaluation.real_data.base import SampleSet
from gancheck.evaluation.sides import Side
from gancheck.evaluation.view import View
from gancheck.plugins.registry import Registry
from gancheck.system.files import write_text

HERE = Path(__file__).parent
SEED = 50_000
METRICS = ("fid", "kid", "precision", "recall", "density", "coverage")

Draw = Callable[[int, torch.Generator], Tensor]
Row = dict[str, Any]


def ring(n: int, source: torch.Generator) -> Tensor:
    """Eight modes in the plane."""
    angle = torch.randint(8, (n,), generator=source) * (torch.pi / 4)
    return 2 * torch.stack([angle.cos(), angle.sin()], 1) + 0.1 * torch.randn(n, 2, generator=source)


def normal(n: int, source: torch.Generator) -> Tensor:
    """64 features alike."""
    return torch.randn(n, 64, generator=source)


def decaying(n: int, source: torch.Generator) -> Tensor:
    """512 features whose variance falls as one over their number, as a network's do."""
    return torch.randn(n, 512, generator=source) * torch.arange(1, 513).float().rsqrt()


#: What, samples, reference samples, repetitions.
CASES: tuple[tuple[str, Draw, int, int, int], ...] = (
    ("ring of 8 modes", ring, 1_000, 1_000, 16),
    ("ring of 8 modes", ring, 500, 2_000, 12),
    ("ring of 8 modes", ring, 2_000, 1_000, 12),
    ("64 features alike", normal, 1_000, 1_000, 8),
    ("512 features, decaying", decaying, 1_000, 1_000, 4),
    ("512 features, decaying", decaying, 2_000, 2_000, 3),
)


def rows(text: str, draw: Draw, n: int, m: int, repetitions: int) -> list[Row]:
    """Fresh draws of full size beside what references of m samples tell."""
    source = torch.Generator().manual_seed(SEED)
    metrics = select_metrics(Registry.load(), METRICS)
    found: dict[str, list[list[float]]] = {name: [[], [], []] for name in metrics}
    for _ in range(repetitions):
        fresh, splits = View(draw(n, source), draw(m, source)), divided(draw(m, source), n)
        for name, metric in metrics.items():
            for kept, value in zip(found[name], values(metric, fresh, splits), strict=True):
                kept.append(value)
    print(f"{text}, {n} against {m}", file=sys.stderr, flush=True)
    head = {"data": text, "n": n, "m": m, "repetitions": repetitions}
    return [{**head, "metric": name, **told(*columns)} for name, columns in found.items()]


def values(metric: RegisteredMetric, fresh: View, splits: RealSplits) -> tuple[float, float, float]:
    """Of a fresh draw, extrapolated, and of the pair as it is."""
    made = (metric(fresh), extrapolate(splits, metric), metric(splits.split(0).whole))
    return tuple(float("nan") if value is None else value for value in made)  # type: ignore[return-value]


def divided(x: Tensor, n: int) -> RealSplits:
    """A reference as a score of n samples divides it."""
    a, b = divide(len(x), n, len(x))
    assert b is not None
    real, reference = (Side(SampleSet(part, part[:0])) for part in (x[:a], x[a : a + b]))
    return RealSplits(real, reference, None, size(a, b) / size(n, len(x)))


def told(fresh: list[float], extrapolated: list[float], pair: list[float]) -> Row:
    """Means and standard deviations."""
    named = {"fresh": fresh, "extrapolated": extrapolated, "pair": pair}
    return {name: [fmean(column), stdev(column)] for name, column in named.items()}


def page(found: dict[str, Any]) -> str:
    """The table."""
    lines = [
        f"| {r['data']}, {r['n']:,} against {r['m']:,} | `{r['metric']}` | "
        f"{' | '.join(shown(*r[column]) for column in ('fresh', 'extrapolated', 'pair'))} |"
        for r in found["rows"]
    ]
    return "\n".join(
        [
            "# Real data against real data, told at full size",
            "",
            "*Fresh draws* are as many samples and reference samples as stated, both real, which is what a perfect "
            "generator gets. *Extrapolated* is what `gancheck score` tells from the reference alone, *divided* the "
            "value of the reference divided in two. Each is a mean ± the standard deviation of one such value.",
            "",
            "The Frechet distance bends where a quarter of the reference has fewer samples than there are features: it "
            "comes out too high there, by less than the divided reference's.",
            "",
            "These kinds of data are the ones that the way of extrapolating was chosen on, drawn anew: they are no "
            "independent proof of it.",
            "",
            f"Made by `{found['command']}`, torch {found['torch']}.",
            "",
            "| data | metric | fresh draws | extrapolated | divided |",
            "| --- | --- | --- | --- | --- |",
            *lines,
            "",
        ]
    )


def shown(mean: float, deviation: float) -> str:
    """Three digits."""
    return f"{mean:.3g} ± {deviation:.2g}"


def main() -> None:
    """Draw, tell, and write what was found."""
    found: dict[str, Any] = {
        "command": "python -m benchmarks.metrics.floor",
        **machine(),
        "rows": [row for case in CASES for row in rows(*case)],
    }
    write_text(HERE / "floor.json", json.dumps(found, indent=1) + "\n")
    write_text(HERE / "floor.md", page(found))


if __name__ == "__main__":
    refuse_arguments(__doc__)
    main()
