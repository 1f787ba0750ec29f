"""What noise alone does to the papers' count: real stacks of digits, every mode there, with spoilt pixels.

    python -m benchmarks.stacked_mnist.noise

Writes benchmarks/stacked_mnist/noise.csv; five minutes of one core.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import torch
from torch import Tensor

from benchmarks.usage import refuse_arguments
from gancheck.datasets.images.stacked_mnist5k import StackedMnist5k
from gancheck.system.files import write_text
from gancheck.system.tables import Row

NOISE = Path(__file__).with_name("noise.csv")
SAMPLES, DRAWS = 26_000, 3
SHARES = (0.0, 0.03, 0.06, 0.1, 0.15, 0.2)  #: of pixels that are spoilt
Spoil = Callable[[Tensor, torch.Generator], Tensor]  #: what stands in a spoilt pixel


def grey(x: Tensor, source: torch.Generator) -> Tensor:
    """Any grey."""
    return 2 * torch.rand(x.shape, generator=source) - 1


def black(x: Tensor, source: torch.Generator) -> Tensor:
    """The background."""
    return torch.full_like(x, -1)


KINDS: dict[str, Spoil] = {"a random grey": grey, "the background": black}


def measure(kind: str, share: float, seed: int) -> Row:
    """The papers' count and divergence; how far samples are from what they count as, and the share of good ones."""
    data, source = StackedMnist5k(), torch.Generator().manual_seed(seed)
    x = data.pool("real", SAMPLES, source)
    spoilt = torch.rand(x.shape, generator=source) < share
    found = data.assign(data.features(torch.where(spoilt, KINDS[kind](x, source), x)))
    part = found.label.bincount(minlength=len(data.weights)).double() / len(x)
    held = part > 0
    divergence = (part[held] * (part[held] / data.weights[held]).log()).sum()
    median, good = found.distance.median(), found.good.double().mean()
    numbers = {"modes": int(held.sum()), "kl": float(divergence), "distance": float(median), "quality": float(good)}
    return {"pixels": kind, "share": share, "seed": seed, **numbers}


def noise_table() -> str:
    """The committed measurement as a markdown table, means over draws."""
    table = pl.read_csv(NOISE).group_by("pixels", "share", maintain_order=True).mean()
    lines = [
        "| spoilt pixels | hold | modes, the papers' count | KL | distance | quality |",
        "|---|---|---|---|---|---|",
    ]
    for row in table.iter_rows(named=True):
        numbers = f"{row['modes']:.0f} | {row['kl']:.2f} | {row['distance']:.1f} | {row['quality']:.2f}"
        lines.append(f"| {row['share']:.0%} | {row['pixels'] if row['share'] else ''} | {numbers} |")
    return "\n".join(dict.fromkeys(lines))


def main() -> None:
    """Measure, and write the table."""
    places = [(kind, share, seed) for kind in KINDS for share in SHARES for seed in range(DRAWS)]
    rows = [measure(*place) for place in places if place[1] or place[0] == next(iter(KINDS))]
    write_text(NOISE, pl.DataFrame(rows).write_csv(float_precision=4))


if __name__ == "__main__":
    refuse_arguments(__doc__)
    main()
