"""What a detector is shown: the numbers of one step, and those of every layer."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Numbers = Mapping[str, float]
LayerNumbers = Mapping[str, float]  #: layer -> number, from the input to the output
NOT_TRAINED_ON = ("val_", "valid_", "validation_", "eval_", "test_", "initial_")  #: how names of other losses begin


@dataclass(frozen=True)
class Observation:
    """What was measured at one step; what was not measured is absent, and a number may be NaN or infinite."""

    step: int  #: counted from 1
    numbers: Numbers = field(default_factory=dict)
    layers: Mapping[str, LayerNumbers] = field(default_factory=dict)

    def get(self, name: str) -> float:
        """A number; NaN where it was not measured."""
        return self.numbers.get(name, math.nan)

    def of_layers(self, name: str) -> LayerNumbers:
        """Numbers of the layers, in order; empty where they were not measured."""
        return self.layers.get(name, {})

    @property
    def losses(self) -> Numbers:
        """Every training loss: `loss`, `generator_loss`, `discriminator_loss` and the like, but none of validation."""
        return {name: value for name, value in self.numbers.items() if is_training_loss(name)}

    @property
    def has_losses_only(self) -> bool:
        """Whether nothing but training losses was measured, as at most steps."""
        return not self.layers and all(is_training_loss(n) or n == "initial_loss" for n in self.numbers)

    def names(self) -> Iterator[str]:
        """Names of all that was measured."""
        yield from self.numbers
        yield from self.layers

    def row(self) -> dict[str, Any]:
        """JSON values: one line of a trace. NaN and infinities become words, which JSON has no numbers for."""
        layers = {name: {k: plain(v) for k, v in values.items()} for name, values in self.layers.items()}
        row = {"step": self.step, "numbers": {name: plain(v) for name, v in self.numbers.items()}}
        return {**row, "layers": layers} if layers else row

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Observation:
        """The observation of a trace's line; KeyError, TypeError or ValueError where it is none."""
        step, numbers = row["step"], floats(row["numbers"])
        if not math.isfinite(step):
            raise ValueError(f"{step} is no number of a step")
        layers = {str(name): floats(values) for name, values in dict(row.get("layers") or {}).items()}
        return cls(int(step), numbers, layers)


def plain(value: float) -> float | str:
    """A number as JSON has it; "nan", "inf" and "-inf" otherwise, which `float` reads."""
    return float(value) if math.isfinite(value) else str(float(value))


def floats(values: Any) -> dict[str, float]:
    """Names with numbers, of what a line of a trace holds; TypeError or ValueError where these are none."""
    return {str(name): float(value) for name, value in dict(values).items()}


def is_training_loss(name: str) -> bool:
    """Whether a signal is a loss that is trained on: neither one of held-out data nor that of a constant guess."""
    return name.endswith("loss") and not name.startswith(NOT_TRAINED_ON)
