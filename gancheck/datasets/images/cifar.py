"""CIFAR-10 and CIFAR-100: 50,000 training and 10,000 test photographs of 32 x 32, ten and a hundred classes.

Krizhevsky, "Learning multiple layers of features from tiny images", technical report, University of Toronto, 2009.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from torch import Tensor

from gancheck.datasets.base import dataset
from gancheck.datasets.images.torchvision_files import CIFAR10, CIFAR100, TorchvisionSet
from gancheck.datasets.images.torchvision_images import TorchvisionImages, colour_images


@dataset("cifar10")
@dataclass(frozen=True)
class Cifar10(TorchvisionImages):
    """One photograph of CIFAR-10 as (3, 32, 32) in [-1, 1]; ten equal modes, the classes."""

    source: ClassVar[TorchvisionSet] = CIFAR10

    @property
    def class_names(self) -> tuple[str, ...]:
        return ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")

    def images(self, found: Any) -> tuple[Tensor, Tensor]:
        return colour_images(found)


@dataset("cifar100")
@dataclass(frozen=True)
class Cifar100(TorchvisionImages):
    """One photograph of CIFAR-100 as (3, 32, 32) in [-1, 1]; a hundred equal modes, the fine classes by number."""

    source: ClassVar[TorchvisionSet] = CIFAR100

    @property
    def class_names(self) -> tuple[str, ...]:
        return tuple(f"{label:02d}" for label in range(100))

    def images(self, found: Any) -> tuple[Tensor, Tensor]:
        return colour_images(found)
