"""Three digits in three channels: a thousand modes, small enough for a CPU."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from gancheck.datasets.base import dataset
from gancheck.datasets.digit_stack import DigitStack


@dataset("stacked-digits")
@dataclass(frozen=True)
class StackedDigits(DigitStack):
    """Digits a, b, c in three channels, (3, 8, 8) in [-1, 1]; 1,000 equal modes, label 100 a + 10 b + c.

    The idea is Stacked MNIST (Metz et al., "Unrolled generative adversarial networks", ICLR 2017), with 8 x 8 digits.
    """

    channels: ClassVar[int] = 3
