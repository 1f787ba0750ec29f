"""What the image data sets of torchvision share: their own training set, and a test set that is split in three."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import torch

from gancheck.datasets.images.image_content import content_of
from gancheck.datasets.images.image_pools import ImagePools, ImageSet, split_test_images
from gancheck.datasets.images.labelled_images import LabelledImages
from gancheck.datasets.images.torchvision_files import TorchvisionSet
from gancheck.plugins.parameters import PLACE
from gancheck.system.data_folder import data_folder


@dataclass(frozen=True)
class TorchvisionImages(LabelledImages):
    """Base of the data sets that torchvision downloads, into the data folder as it is when the object is made."""

    from_files: ClassVar[bool] = True
    source: ClassVar[TorchvisionSet]

    classifier: str = field(default="", kw_only=True, metadata=PLACE)  #: a classifier's file instead of the usual one
    root: Path = field(init=False, repr=False)  #: where the files are; what they hold counts, not this

    def __post_init__(self) -> None:
        object.__setattr__(self, "root", data_folder())

    def load(self) -> ImagePools:
        return split_test_images(self.read(True), self.read(False))

    def read(self, train: bool) -> ImageSet:
        """The training or the test set."""
        found = self.source.open(self.root, **self.split(train))
        return ImageSet(*self.images(found))

    def split(self, train: bool) -> dict[str, Any]:
        """torchvision's word for one of the two."""
        return {"train": train}

    @abstractmethod
    def images(self, found: Any) -> tuple[torch.Tensor, torch.Tensor]:
        """(n, c, h, w) uint8 images and (n,) int64 classes of torchvision's object."""

    @property
    def content(self) -> str:
        return content_of(self)


def grey_images(found: Any) -> tuple[torch.Tensor, torch.Tensor]:
    """Of MNIST and its like."""
    return found.data[:, None], found.targets.long()


def colour_images(found: Any) -> tuple[torch.Tensor, torch.Tensor]:
    """Of CIFAR, (n, h, w, c) in the object."""
    return torch.from_numpy(np.ascontiguousarray(found.data.transpose(0, 3, 1, 2))), torch.tensor(found.targets)
