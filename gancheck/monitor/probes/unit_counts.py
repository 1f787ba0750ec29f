"""What one module's outputs say of its units: dead, saturated, and how far they spread over rows."""

from __future__ import annotations

import math
from collections import deque

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _NormBase
from torch.nn.modules.conv import _ConvNd

WINDOW = 5  #: checks over which a unit must never have been above zero
LEAST = 2  #: checks before anything is said of dead units
ROWS = 64  #: of a larger batch only so many are looked at for spread and saturation
NUMBERS = 2**17  #: and fewer, but at least two, where a row has very many numbers
CALLS = 4  #: of a module that is called more often in one step
CHANNELS_SECOND = (_ConvNd, _NormBase, nn.GroupNorm)  #: kinds whose units are the second axis, whatever follows
WITH_ZEROS = (nn.ReLU, nn.ReLU6, nn.Threshold)
ENDS: dict[type[nn.Module], tuple[float, float]] = {  # middle of the answers, and half their range
    nn.Tanh: (0.0, 1.0),
    nn.Hardtanh: (0.0, 1.0),
    nn.Sigmoid: (0.5, 0.5),
    nn.Hardsigmoid: (0.5, 0.5),
}


class UnitCounts:
    """Of one module in the checked steps. Everything stays on the module's device."""

    def __init__(self, module: nn.Module, layer: str) -> None:
        self.layer, self.kind = layer, type(module)
        self.calls = 0
        self.order = 0  #: of its last call among those of all modules
        self.axes: dict[int, int] = {}  #: call of a step -> which axis is units, as far as that was seen
        self.has_zeros = issubclass(self.kind, WITH_ZEROS)
        self.ends = ENDS.get(self.kind)
        self.largest: Tensor | None = None  #: of every unit in this step
        self.past: deque[Tensor] = deque(maxlen=WINDOW)  #: the same of the last checked steps
        self.spread: Tensor | None = None
        self.saturated: Tensor | None = None

    def add(self, output: object, weights: nn.Module | None = None) -> None:
        """Look at one output of the module; `weights` is the module with weights that answered before, if known."""
        answer = first_tensor(output)
        if answer is None or self.calls >= CALLS:
            return
        self.calls += 1
        if self.has_zeros:
            self.axes |= {} if weights is None else {self.calls: unit_axis(weights)}
            self.add_largest(largest_of_units(answer, self.axes.get(self.calls, 2)))
        elif self.calls > 1:
            return
        elif self.ends is not None:
            self.saturated = saturated(some_rows(answer), *self.ends)
        else:
            self.spread = spread(some_rows(answer))

    def add_largest(self, found: Tensor) -> None:
        """Take the largest answer of every unit; other units than before begin anew."""
        is_same = self.largest is not None and self.largest.shape == found.shape and self.largest.device == found.device
        self.largest = torch.maximum(self.largest, found) if is_same and self.largest is not None else found

    def dead(self) -> Tensor | None:
        """Share of the units that never answered above zero in the last checked steps."""
        if self.largest is not None:
            if self.past and self.past[-1].shape != self.largest.shape:
                self.past.clear()
            self.past.append(self.largest)
        if self.largest is None or len(self.past) < LEAST:
            return None
        return torch.mean(torch.stack(tuple(self.past)).amax(0) == 0, dtype=torch.float32)

    def begin(self) -> None:
        """A step to be checked begins."""
        self.calls, self.order, self.largest, self.spread, self.saturated = 0, 0, None, None, None


def bends(module: nn.Module) -> bool:
    """Whether its curve has flat parts."""
    return isinstance(module, WITH_ZEROS) or type(module) in ENDS


def answers_or_bends(module: nn.Module) -> bool:
    """Whether it is a curve with flat parts, or has weights and no children."""
    return bends(module) or (bool(module._parameters) and not module._modules)


def first_of(output: object) -> object:
    """The first of several outputs, or the only one."""
    return output[0] if isinstance(output, tuple | list) and output else output


def first_tensor(output: object) -> Tensor | None:
    """The real numbers of an output, at least two rows of them; the first of several tensors."""
    found = first_of(output)
    if not isinstance(found, Tensor) or found.is_nested or found.layout != torch.strided:
        return None
    is_fit = found.is_floating_point() and found.ndim >= 2 and len(found) >= 2 and found.numel() > 0
    return found.detach() if is_fit else None


def unit_axis(weights: nn.Module) -> int:
    """Which of three axes is units behind a module: the last, or the second behind convolutions and their norms."""
    return 1 if isinstance(weights, CHANNELS_SECOND) else 2


def largest_of_units(answer: Tensor, of_three: int = 2) -> Tensor:
    """The largest answer of every unit: the second axis is channels; of three axes it is `of_three`."""
    unit = of_three if answer.ndim == 3 else 1
    largest: Tensor = answer.amax([axis for axis in range(answer.ndim) if axis != unit])
    return largest


def some_rows(answer: Tensor) -> Tensor:
    """The first rows, in a type that sums well."""
    rows = max(2, min(ROWS, NUMBERS * len(answer) // answer.numel()))
    few = answer if len(answer) <= rows else answer[:rows]
    return few.float() if few.dtype in (torch.float16, torch.bfloat16) else few


def spread(answer: Tensor) -> Tensor:
    """Root of the variance over rows, which is averaged over all units."""
    norm: Tensor = torch.linalg.vector_norm(answer - answer.mean(0))
    return norm / math.sqrt(answer.numel() * (1 - 1 / len(answer)))


def saturated(answer: Tensor, middle: float, half: float) -> Tensor:
    """Share of answers within 1 % of the range of an end."""
    return ((answer - middle if middle else answer).abs() > 0.98 * half).sum() * (1 / answer.numel())
