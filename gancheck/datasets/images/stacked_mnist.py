"""MNIST digits in several channels: the thousand modes that papers on mode collapse count."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from gancheck.datasets.base import Batch, dataset
from gancheck.datasets.images.digit_stack import draw_rows
from gancheck.datasets.images.labelled_images import as_samples
from gancheck.datasets.images.mnist import MnistDigits
from gancheck.datasets.mixtures.base import require
from gancheck.numerics.seeding import generator as keyed


@dataset("stacked-mnist", presets={"stacked-mnist-4": {"channels": 4}})
@dataclass(frozen=True)
class StackedMnist(MnistDigits):
    """MNIST digits a, b, c in three channels, (3, 28, 28) in [-1, 1]; 1,000 modes, label 100 a + 10 b + c.

    Every draw is fresh, unless so many stacks are `fixed` beforehand: the papers train on 128,000.

    Metz et al., "Unrolled generative adversarial networks", ICLR 2017; fixed stacks as in Srivastava et al., "VEEGAN",
    NeurIPS 2017, and Lin et al., "PacGAN", NeurIPS 2018.
    """

    channels: int = 3  #: digits in a sample, 1 to 4; each multiplies the modes by ten
    fixed: int = 0  #: stacks drawn once, with replacement, to train on; 0 stacks anew for every draw

    def __post_init__(self) -> None:
        super().__post_init__()
        require(1 <= self.channels <= 4, f"channels = {self.channels}: stacks hold 1 to 4 digits, 10 to 10,000 modes")
        require(self.fixed >= 0, f"fixed = {self.fixed}: give a number of stacks, such as 128000, or 0")

    @property
    def stack(self) -> int:
        return self.channels

    @cached_property
    def fixed_rows(self) -> Tensor:
        """(fixed, channels) int64 rows of the training digits, the same on every machine."""
        digits = len(self.load_once().train.x)
        return draw_rows(digits, (self.fixed, self.channels), keyed("cpu", "stacked-mnist", "fixed"))

    def draw(self, count: int, generator: torch.Generator) -> Batch:
        if not self.fixed:
            return super().draw(count, generator)
        train = self.pools(generator.device).train
        index = draw_rows(self.fixed, (count,), generator)
        rows = self.fixed_rows.to(generator.device)[index]
        return Batch(as_samples(train.x[rows]), self.spell(train.y[rows]), index)
