"""MNIST and the two sets in its format: 60,000 training and 10,000 test images of 28 x 28, ten classes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from torch import Tensor

from gancheck.classifiers.shipped import MNIST as MNIST_CLASSIFIER
from gancheck.classifiers.shipped import mnist_trained
from gancheck.datasets.base import dataset
from gancheck.datasets.images.image_pools import ImagePools, split_test_images
from gancheck.datasets.images.torchvision_files import FASHION_MNIST, KMNIST, MNIST, TorchvisionSet
from gancheck.datasets.images.torchvision_images import TorchvisionImages, grey_images
from gancheck.datasets.mixtures.base import require

SIZE = 28
SIDES = (28, 32)


@dataclass(frozen=True)
class MnistFormat(TorchvisionImages):
    """Base of the sets in MNIST's format."""

    side: int = SIZE  #: height and width; 32 lays two pixels of background around, for networks that halve often

    def __post_init__(self) -> None:
        super().__post_init__()
        require(self.side in SIDES, f"side = {self.side}: images are {SIZE} pixels high and wide, or 32 with a margin")

    @property
    def padding(self) -> int:
        return (self.side - SIZE) // 2

    def images(self, found: Any) -> tuple[Tensor, Tensor]:
        return grey_images(found)


@dataclass(frozen=True)
class MnistDigits(MnistFormat):
    """What `mnist` and `stacked-mnist` share; what the shipped classifier was trained on is not held out."""

    source: ClassVar[TorchvisionSet] = MNIST
    shipped: ClassVar[Path | None] = MNIST_CLASSIFIER

    def load(self) -> ImagePools:
        return split_test_images(self.read(True), self.read(False), mnist_trained())

    @property
    def class_names(self) -> tuple[str, ...]:
        return tuple("0123456789")


@dataset("mnist")
@dataclass(frozen=True)
class Mnist(MnistDigits):
    """One digit of MNIST as (1, 28, 28) in [-1, 1]; ten modes, the classes, with their own shares.

    LeCun, Bottou, Bengio & Haffner, "Gradient-based learning applied to document recognition", Proceedings of the IEEE
    1998.
    """


@dataset("fashion-mnist")
@dataclass(frozen=True)
class FashionMnist(MnistFormat):
    """One piece of clothing of Fashion-MNIST as (1, 28, 28) in [-1, 1]; ten equal modes, the classes.

    Xiao, Rasul & Vollgraf, "Fashion-MNIST: a novel image dataset for benchmarking machine learning algorithms",
    arXiv:1708.07747, 2017.
    """

    source: ClassVar[TorchvisionSet] = FASHION_MNIST

    @property
    def class_names(self) -> tuple[str, ...]:
        return ("t-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot")


@dataset("kmnist")
@dataclass(frozen=True)
class Kmnist(MnistFormat):
    """One cursive Japanese character of Kuzushiji-MNIST as (1, 28, 28) in [-1, 1]; ten equal modes, the classes.

    Clanuwat et al., "Deep learning for classical Japanese literature", arXiv:1812.01718, 2018.
    """

    source: ClassVar[TorchvisionSet] = KMNIST

    @property
    def class_names(self) -> tuple[str, ...]:
        return ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo")
