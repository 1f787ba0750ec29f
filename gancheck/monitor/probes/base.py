"""What measures signals: probes of a model at checked steps, readers of what a loop logs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from torch import Tensor

Number = float | Tensor  #: a tensor has one element, on any device


@dataclass(slots=True)
class Measured:
    """Numbers, and numbers of layers in their order. Tensors are moved to the CPU all at once, later."""

    numbers: dict[str, Number] = field(default_factory=dict)
    layers: dict[str, dict[str, Number]] = field(default_factory=dict)
    later: list[Later] = field(default_factory=list)

    def update(self, other: Measured) -> None:
        """Take over what another measured."""
        self.numbers |= other.numbers
        for name, values in other.layers.items():
            self.layers[name] = self.layers.get(name, {}) | values
        self.later += other.later


@dataclass(frozen=True)
class Later:
    """Numbers on a device, and what is to be made of them once they are fetched.

    A few sums in plain floats cost less than as many small operations on tensors.
    """

    values: Sequence[Tensor]  #: of one element each
    finish: Callable[[list[float]], Measured]  #: gives plain floats


class Probe(Protocol):
    """Measures a model at checked steps. Hooks are attached in `arm` and removed in `measure`, or in `rest` where the
    step after the checked one is looked at too."""

    @property
    def requirements(self) -> Mapping[str, str]:
        """Every signal that it measures -> what it takes for one to be there; completes "needs ...:"."""

    def arm(self) -> None:
        """The step that begins will be checked."""

    def measure(self) -> Measured:
        """The step is done: what was seen during it. Nothing stays attached to the model."""

    def rest(self) -> None:
        """The step after it is done, and no other is looked at until `arm`."""

    def close(self) -> None:
        """Leave the model as it was, whether a step is being watched or not."""


class Reader(Protocol):
    """Makes numbers of what a loop logs."""

    keywords: tuple[str, ...]  #: of `monitor.log`

    @property
    def requirements(self) -> Mapping[str, str]:
        """Every signal that it makes -> what it takes for one to be there; completes "needs ...:"."""

    def read(self, values: Mapping[str, Any]) -> Measured:
        """The numbers of what was logged together, at least one keyword of this reader among it."""
