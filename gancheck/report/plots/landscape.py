"""A slice of the loss around a model's weights.

Li, Xu, Taylor, Studer & Goldstein, "Visualizing the loss landscape of neural nets", NeurIPS 2018: two random
directions, each filter's part of them as long as the filter itself, so that sharpness does not depend on the scale of
the weights. Biases and the parameters of normalisation stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from gancheck.errors import BadData, BadParameter
from gancheck.report.plots.style import INK, canvas, heading

Array = NDArray[np.float64]
Direction = dict[str, Tensor]


def draw_landscape(
    model: nn.Module,
    closure: Callable[[], Tensor],
    path: str | Path,
    *,
    reach: float = 1.0,
    points: int = 25,
    seed: int = 0,
) -> Path:
    """Draw the loss that `closure` computes of a fixed batch, around the weights; gives the file (.png or .svg).

    reach: how far to go, in norms of the filters. points: a side, so that the closure is called points squared times.
    The weights, the buffers and the random numbers are afterwards as they were.
    """
    if points < 3 or reach <= 0:
        raise BadParameter(f"points = {points}, reach = {reach}: needs at least 3 points, and a reach above 0")
    places = np.linspace(-reach, reach, points // 2 * 2 + 1)  # an odd number, so that the weights are a point
    losses = slice_of(model, closure, places, seed)
    if not np.isfinite(losses).any():
        raise BadData("the loss is finite nowhere around these weights")
    draw_slice(Path(path), places, losses)
    return Path(path)


def slice_of(model: nn.Module, closure: Callable[[], Tensor], places: Array, seed: int) -> Array:
    """(points, points) losses, the second direction along the rows."""
    source = torch.Generator().manual_seed(seed)
    with unchanged(model) as start, torch.no_grad():
        across, upwards = direction(model, source), direction(model, source)
        if not across:
            raise BadData("the model has no weights of two or more dimensions to go along")
        return np.array([[loss_at(model, closure, start, across, upwards, a, b) for a in places] for b in places])


@contextmanager
def unchanged(model: nn.Module) -> Iterator[dict[str, Tensor]]:
    """Gives the weights and buffers as they are, and puts them back, with the state of random numbers."""
    start = {name: tensor.detach().clone() for name, tensor in all_tensors(model).items()}
    devices = sorted({t.device.index for t in start.values() if t.device.type == "cuda" and t.device.index is not None})
    with torch.random.fork_rng(devices):
        try:
            yield start
        finally:
            put(model, start)


def all_tensors(model: nn.Module) -> dict[str, Tensor]:
    """Parameters and buffers by name."""
    return {**dict(model.named_parameters()), **{f"buffer {name}": t for name, t in model.named_buffers()}}


def put(model: nn.Module, values: dict[str, Tensor]) -> None:
    """Write values into parameters and buffers."""
    with torch.no_grad():
        for name, tensor in all_tensors(model).items():
            tensor.copy_(values[name])


def direction(model: nn.Module, source: torch.Generator) -> Direction:
    """A random direction with the norm of every filter."""
    made: Direction = {}
    for name, weight in model.named_parameters():
        if weight.dim() >= 2:
            drawn = torch.randn(weight.shape, generator=source).to(weight)
            made[name] = drawn * (norms(weight) / norms(drawn).clamp_min(1e-12))
    return made


def norms(weight: Tensor) -> Tensor:
    """The norm of every filter: what makes one output."""
    length: Tensor = torch.linalg.vector_norm(weight.flatten(1), dim=1)
    return length.reshape(-1, *[1] * (weight.dim() - 1))


def loss_at(
    model: nn.Module,
    closure: Callable[[], Tensor],
    start: dict[str, Tensor],
    across: Direction,
    upwards: Direction,
    a: float,
    b: float,
) -> float:
    """The loss a and b along the two directions; dropout draws the same everywhere."""
    put(model, {name: w + a * across[name] + b * upwards[name] if name in across else w for name, w in start.items()})
    torch.manual_seed(0)
    return float(closure())


def draw_slice(path: Path, places: Array, losses: Array) -> None:
    """Contour lines, evenly spaced in the logarithm above the lowest loss, and the weights as a dot."""
    low = float(np.nanmin(np.where(np.isfinite(losses), losses, np.nan)))
    middle = losses[len(places) // 2, len(places) // 2]
    height = np.ma.masked_invalid(losses - low)
    spread = max(float(height.max()), 1e-12)
    ends = np.log10(max(spread * 1e-3, float(np.median(height.compressed())) * 1e-2)), np.log10(spread * 1.0001)
    levels = np.unique(np.concatenate([[0.0], np.logspace(*ends, 14)]))
    with canvas(path, 5.2, 4.6) as figure:
        figure.set_layout_engine("constrained")
        axes = figure.subplots()
        filled = axes.contourf(places, places, height, levels=levels, cmap="viridis_r", norm="symlog")
        axes.contour(places, places, height, levels=levels, colors=INK, linewidths=0.4, alpha=0.5)
        axes.plot(0, 0, "o", color="white", markeredgecolor=INK, markersize=6)
        bar = figure.colorbar(filled, ax=axes, label="loss above the lowest of the slice", pad=0.02)
        bar.set_ticks(list(levels[::3]), labels=[f"{level:.2g}" for level in levels[::3]])
        bar.minorticks_off()
        heading(axes, "The loss around the weights", f"dot: the weights, loss {middle:.4g}; lowest {low:.4g}", room=50)
        axes.set(xlabel="first direction, in norms of filters", ylabel="second direction", aspect="equal")
