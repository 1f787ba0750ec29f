"""A training's numbers as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import EngFormatter, MaxNLocator
from numpy.typing import NDArray

from gancheck.detectors.observation import Observation

Array = NDArray[np.float64]
SMOOTH_FROM = 40  #: numbers, below which a curve is not smoothed
HUGE = 1e100  #: absolute numbers are drawn up to here
PARTS = 50  #: of the training; the smoothed curve is a mean over one of them


class Series(NamedTuple):
    """One signal."""

    steps: Array  #: (t,)
    values: Array  #: (t,); may be NaN or infinite


class LayerSeries(NamedTuple):
    """One signal of all layers."""

    names: list[str]  #: from the input to the output
    steps: Array  #: (t,)
    values: Array  #: (layers, t); NaN where a layer was not measured


def series_of(history: Sequence[Observation]) -> dict[str, Series]:
    """Every number by its name."""
    names = dict.fromkeys(name for seen in history for name in seen.numbers)
    return {name: one_series(history, name) for name in names}


def one_series(history: Sequence[Observation], name: str) -> Series:
    """One number over the steps at which it was measured."""
    pairs = [(seen.step, seen.numbers[name]) for seen in history if name in seen.numbers]
    table = np.array(pairs, float).reshape(len(pairs), 2)
    return Series(table[:, 0], drawable(table[:, 1]))


def layers_of(history: Sequence[Observation], name: str) -> LayerSeries:
    """One number of all layers."""
    seen = [s for s in history if s.of_layers(name)]
    layers = list(dict.fromkeys(layer for s in seen for layer in s.of_layers(name)))
    values = [[s.of_layers(name).get(layer, np.nan) for s in seen] for layer in layers]
    steps = np.array([s.step for s in seen], float)
    return LayerSeries(layers, steps, drawable(np.array(values, float).reshape(len(layers), len(seen))))


def drawable(values: Array) -> Array:
    """Numbers that an axis can span; what is not finite stays."""
    made: Array = np.where(np.isfinite(values), np.clip(values, -HUGE, HUGE), values)
    return made


def smooth(values: Array) -> Array:
    """A running mean over a fiftieth of the training, ends included; a gap where a number is not finite."""
    width = max(3, len(values) // PARTS) // 2 * 2 + 1
    finite = np.isfinite(values)
    window = np.ones(width)
    total = np.convolve(np.where(finite, values, 0.0), window, "same")
    count = np.convolve(finite.astype(float), window, "same")
    mean: Array = np.where(finite, total / np.maximum(count, 1), np.nan)
    return mean


def scale_steps(axes: Axes) -> None:
    """The horizontal axis: steps, in round numbers."""
    axes.set_xlabel("step")
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    axes.xaxis.set_major_formatter(EngFormatter(sep=""))


def scale_values(axes: Axes, values: Array) -> None:
    """The vertical axis: logarithmic where numbers span many orders, and near zero linear where some are negative."""
    finite = values[np.isfinite(values)]
    size = np.abs(finite[finite != 0])
    if len(size) < 2 or np.quantile(size, 0.999) < 50 * np.quantile(size, 0.05):
        return
    if (finite > 0).all():
        axes.set_yscale("log")
    elif size.max() > 1e3 * np.median(size):
        axes.set_yscale("symlog", linthresh=float(np.median(size)))
