"""Pictures of the kinds of collapse, and of how a floor falls with the number of samples."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from matplotlib.ticker import NullLocator

from benchmarks.concepts.losses import LOSSES
from benchmarks.concepts.trials import FIRST_SEED, N, source
from gancheck.report.plots.scatter import Panel, scatter
from gancheck.report.plots.style import FAKE, canvas, heading


def draw_kinds(path: Path) -> None:
    """One panel a loss, the modes that it does not hold circled."""
    real = source(FIRST_SEED)
    centres = real.dataset.centres.numpy()  # type: ignore[attr-defined]
    panels = []
    for name, loss in list(LOSSES.items())[1:]:
        samples = loss(real, N, torch.Generator().manual_seed(FIRST_SEED))
        panels.append(Panel(name.partition(":")[0], samples.double().numpy(), held(real, samples)))
    scatter(path, real.x[:N].double().numpy(), panels, centres)


def held(real: Any, samples: torch.Tensor) -> Any:
    """Modes with a tenth of their share."""
    counts = torch.bincount(real.dataset.assign(samples).label, minlength=len(real.dataset.weights))
    return (counts >= 0.1 * N * real.dataset.weights).numpy()


def draw_floors(path: Path, rows: list[dict[str, Any]]) -> None:
    """The Frechet distance of a perfect sampler over the number of samples."""
    sizes, means = [row["n"] for row in rows], [row["values"]["fid"][0] for row in rows]
    with canvas(path, 4.6, 2.8) as figure:
        axes = figure.add_axes((0.13, 0.18, 0.83, 0.64))
        axes.plot(sizes, means, "o-", color=FAKE)
        axes.set(xscale="log", yscale="log", xlabel="samples, and as many real ones", ylabel="fid")
        axes.set_xticks(sizes, [f"{n:,}" for n in sizes])
        axes.xaxis.set_minor_locator(NullLocator())
        axes.grid(axis="y")
        heading(axes, "A perfect sampler's Frechet distance", "64 features; it falls as more samples are taken")
