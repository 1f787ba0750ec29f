"""Digits in several channels: a thousand modes and more, small enough for a CPU."""

from __future__ import annotations

from dataclasses import dataclass

from gancheck.datasets.base import dataset
from gancheck.datasets.images.digit_stack import DigitStack
from gancheck.datasets.mixtures.base import require


@dataset("stacked-digits")
@dataclass(frozen=True)
class StackedDigits(DigitStack):
    """Digits a, b, c in three channels, (3, 8, 8) in [-1, 1]; 1,000 equal modes, label 100 a + 10 b + c.

    Other numbers of channels are stacked and spelt alike.

    The idea is Stacked MNIST (Metz et al., "Unrolled generative adversarial networks", ICLR 2017), with 8 x 8 digits.
    """

    channels: int = 3  #: digits in a sample, 1 to 4; each multiplies the modes by ten

    def __post_init__(self) -> None:
        require(1 <= self.channels <= 4, f"channels = {self.channels}: stacks hold 1 to 4 digits, 10 to 10,000 modes")
