"""Bugs of the loop."""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn

from benchmarks.detectors.faults.base import fault
from benchmarks.detectors.programs.training import Training


@fault("left-out", "update bug", "loss", (1, 2, 4))
def left_out(training: Training, size: float) -> None:
    """The first parameters are not given to the optimiser."""
    training.left_out = int(size)


@fault("no-zero-grad", "update bug", "loss", (8, 40, 1_000_000))
def no_zero_grad(training: Training, size: float) -> None:
    """Gradients add up over many steps, or for ever."""
    training.zero_every = int(size)


@fault("detached", "update bug", "loss", (0.2, 0.5, 0.9))
def detached(training: Training, size: float) -> None:
    """The graph is cut behind one of the layers, so that those before it learn nothing."""
    layers = [m for m in training.model.modules() if not list(m.children()) and list(m.parameters())]
    layers[min(int(size * (len(layers) - 1)), len(layers) - 2)].register_forward_hook(cut)


def cut(module: nn.Module, given: Any, answer: Any) -> Any:
    """A layer's answer without its graph."""
    return answer.detach() if isinstance(answer, Tensor) else tuple(part.detach() for part in answer)
