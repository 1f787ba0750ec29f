"""What the classifiers of digits share."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from torch import Tensor, nn

from benchmarks.detectors.programs.digits import digits
from benchmarks.detectors.programs.training import Shape, Training


def cross_entropy(model: nn.Module, x: Tensor, y: Tensor) -> Tensor:
    """The usual loss of classes; of sequences too."""
    return nn.functional.cross_entropy(model(x).flatten(0, -2), y.flatten())


def mean_square(model: nn.Module, x: Tensor, y: Tensor) -> Tensor:
    """The usual loss of numbers."""
    found: Tensor = (model(x) - y).square().mean()
    return found


def classifier(seed: int, architecture: Callable[[Shape], nn.Module], **settings: Any) -> Training:
    """A training on digits."""
    train, held_out, test = digits()
    fixed = {"classes": 10, "initial_loss": math.log(10), **settings}
    return Training(seed, architecture, fixed.pop("shape", Shape()), train, held_out, test, cross_entropy, **fixed)


def stack(widths: list[int], between: type[nn.Module], dropout: float = 0.0) -> nn.Sequential:
    """Linear layers with a function, and dropout, between them."""
    layers: list[nn.Module] = []
    for i in range(len(widths) - 1):
        layers.append(nn.Linear(widths[i], widths[i + 1]))
        if i < len(widths) - 2:
            layers += [between(), *([nn.Dropout(dropout)] if dropout else [])]
    return nn.Sequential(*layers)
