"""Signals made of the norms that a step left, in plain floats."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from torch import Tensor

from gancheck.monitor.probes.around_step import AroundStep
from gancheck.monitor.probes.base import Later, Measured
from gancheck.monitor.probes.parameters import Watched

LayerNumbers = dict[str, float]
NORMS = {"model": "gradient_norm", "generator": "generator_gradient", "discriminator": "discriminator_gradient"}
NOISE = 1e6  #: said where the inner product of two gradients is not positive: nothing but noise


@dataclass
class LayerSums:
    """Squared norms over all parameters of one layer."""

    gradient: float = 0.0
    weight: float = 0.0
    change: float = 0.0
    size: int = 0
    is_step: bool = False  #: whether changes were measured
    is_asked: bool = False  #: whether a parameter has a gradient that is not zero, and a learning rate

    @property
    def ratio(self) -> float:
        """Norm of the change over that of the weights; weights that are all zero have none: 1 where they moved."""
        return math.sqrt(self.change / self.weight) if self.weight else float(self.change > 0)


@dataclass
class StepNumbers:
    """Makes signals of the norms of all parameters that had a gradient; they come in parts, by optimiser and device."""

    parts: Sequence[AroundStep]
    models: dict[str, float] = field(default_factory=dict, init=False)  #: squared norm of each gradient
    sums: dict[str, LayerSums] = field(default_factory=dict, init=False)

    def later(self) -> list[Later]:
        """What is fetched, and what is made of it; the last part gives the signals of all."""
        last = self.parts[-1] if self.parts else None
        return [Later(p.values(), partial(self.finish, p, is_last=p is last)) for p in self.parts]

    def finish(self, part: AroundStep, values: list[float], *, is_last: bool) -> Measured:
        """Of the norms of gradients, weights and changes, one after another, and perhaps a word on a skipped step."""
        count = len(part.seen)
        is_step, is_skipped = part.has_changes, bool(part.skipped) and values[-1] > 0
        changes = values[2 * count : 3 * count] if is_step else [0.0] * count
        columns = values[:count], values[count : 2 * count], changes
        for watched, is_asked, *norms in zip(part.seen, part.is_asked, *columns, strict=True):
            if not is_skipped:  # the gradient of a step that an AMP scaler lets go by is infinite, and harmless
                self.add(watched, *norms, is_asked=is_asked, is_step=is_step)
        return Measured(self.norms(), self.layers()) if is_last else Measured()  # type: ignore[arg-type]

    def add(
        self, watched: Watched, gradient: float, weight: float, change: float, *, is_asked: bool, is_step: bool
    ) -> None:
        """Count one parameter."""
        self.models[watched.model] = self.models.get(watched.model, 0.0) + gradient * gradient
        sums = self.sums.setdefault(watched.layer, LayerSums())
        sums.gradient += gradient * gradient
        sums.weight += weight * weight
        sums.change += change * change
        sums.size += watched.parameter.numel()
        sums.is_step |= is_step
        sums.is_asked |= is_asked and 0 < gradient < math.inf

    def norms(self) -> dict[str, float]:
        """Norm of each model's gradient."""
        return {NORMS[model]: math.sqrt(square) for model, square in self.models.items() if model in NORMS}

    def layers(self) -> dict[str, LayerNumbers]:
        """Numbers of all layers."""
        moved = {layer: s for layer, s in self.sums.items() if s.is_step}
        found = {
            "layer_gradient": {layer: math.sqrt(s.gradient / s.size) for layer, s in self.sums.items()},
            "layer_weight": {layer: math.sqrt(s.weight / s.size) for layer, s in self.sums.items()},
            "update_ratio": {layer: s.ratio for layer, s in moved.items()},
            "unmoved": {layer: float(s.is_asked and s.change == 0) for layer, s in moved.items()},
        }
        return {name: values for name, values in found.items() if values}


@dataclass
class Likeness:
    """Makes cosine and noise of two gradients in a row; norms come in parts, by optimiser and device."""

    pairs: Sequence[Sequence[Tensor]]
    squares: list[float] = field(default_factory=lambda: [0.0, 0.0, 0.0], init=False)

    def later(self) -> list[Later]:
        """What is fetched, and what is made of it; the last part gives the signals of all."""
        last = len(self.pairs) - 1
        return [Later(pair, partial(self.finish, is_last=i == last)) for i, pair in enumerate(self.pairs)]

    def finish(self, values: list[float], *, is_last: bool) -> Measured:
        """Of norms of the first gradient's parts, of the second's, and of their differences, one after another."""
        count = len(values) // 3
        for i in range(3):
            self.squares[i] += sum(v * v for v in values[i * count : (i + 1) * count])
        return Measured(likeness(*self.squares)) if is_last else Measured()  # type: ignore[arg-type]


def likeness(first: float, second: float, apart: float) -> dict[str, float]:
    """Cosine, and half the squared distance over the inner product, of two squared norms and that of the difference.

    A gradient that is zero or not finite has no cosine: nothing is said.
    """
    size, product = math.sqrt(first * second), (first + second - apart) / 2
    if not 0 < size < math.inf or not math.isfinite(product):
        return {}
    noise = min(NOISE, apart / (2 * product)) if product > 0 else NOISE
    return {"gradient_cosine": min(1.0, max(-1.0, product / size)), "gradient_noise": noise}
