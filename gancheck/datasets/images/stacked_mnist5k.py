"""MNIST digits in several channels, without a network."""

from __future__ import annotations

from dataclasses import dataclass

from gancheck.datasets.base import dataset
from gancheck.datasets.images.mnist5k import Mnist5kImages
from gancheck.datasets.mixtures.base import require


@dataset("stacked-mnist5k")
@dataclass(frozen=True)
class StackedMnist5k(Mnist5kImages):
    """Digits a, b, c of `mnist5k` in three channels, (3, 28, 28) in [-1, 1]; 1,000 equal modes, label 100 a + 10 b + c.

    Every draw is fresh. Other numbers of channels are stacked and spelt alike.

    Metz et al., "Unrolled generative adversarial networks", ICLR 2017, with the 3,000 training digits of `mnist5k`.
    """

    channels: int = 3  #: digits in a sample, 1 to 4; each multiplies the modes by ten

    def __post_init__(self) -> None:
        super().__post_init__()
        require(1 <= self.channels <= 4, f"channels = {self.channels}: stacks hold 1 to 4 digits, 10 to 10,000 modes")

    @property
    def stack(self) -> int:
        return self.channels
