"""Street View House Numbers: 73,257 training and 26,032 test photographs of 32 x 32, ten classes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor

from gancheck.datasets.base import dataset
from gancheck.datasets.images.torchvision_files import SVHN, TorchvisionSet
from gancheck.datasets.images.torchvision_images import TorchvisionImages


@dataset("svhn")
@dataclass(frozen=True)
class Svhn(TorchvisionImages):
    """One house number's digit of SVHN as (3, 32, 32) in [-1, 1]; ten modes, the digits, with their own shares.

    Netzer et al., "Reading digits in natural images with unsupervised feature learning", NeurIPS workshop 2011.
    """

    source: ClassVar[TorchvisionSet] = SVHN

    @property
    def class_names(self) -> tuple[str, ...]:
        return tuple("0123456789")

    def split(self, train: bool) -> dict[str, Any]:
        return {"split": "train" if train else "test"}

    def images(self, found: Any) -> tuple[Tensor, Tensor]:
        return torch.from_numpy(found.data).contiguous(), torch.from_numpy(found.labels)
