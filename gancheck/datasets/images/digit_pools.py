"""The 1,797 handwritten digits that come with scikit-learn, split into pools that share nothing.

Alpaydin & Kaynak, "Optical recognition of handwritten digits", UCI repository, 1998.
"""

from __future__ import annotations

import hashlib
from functools import cache
from typing import NamedTuple

import torch
from torch import Tensor

SIZE = 8  #: height and width of a digit
CLASSES = 10

#: Digits of each class, in the order of their hashes: equal numbers of every class, so that no pool needs weights.
#: The 57 that are left over take part only in the classifier's held-out accuracy.
SPLIT = {
    "train": slice(0, 80),
    "calibration": slice(80, 111),
    "reference": slice(111, 142),
    "real": slice(142, 174),
    "spare": slice(174, None),
}


class DigitPool(NamedTuple):
    """Images and their classes."""

    x: Tensor  #: (n, 8, 8) float32 in [-1, 1], in steps of 1/8
    y: Tensor  #: (n,) int64 in [0, 10)


@cache
def everything() -> dict[int, list[Tensor]]:
    """Class -> its (8, 8) uint8 images, ordered by the SHA-256 of their bytes: a shuffle that no library can change."""
    from sklearn.datasets import load_digits  # slow to import, and only these two datasets need it

    data = load_digits()
    images = data.images.astype("uint8")
    order = sorted(range(len(images)), key=lambda i: hashlib.sha256(images[i].tobytes()).digest())
    return {c: [torch.from_numpy(images[i]) for i in order if data.target[i] == c] for c in range(CLASSES)}


@cache
def digits(pool: str) -> DigitPool:
    """One pool of `SPLIT`, class by class; shared, so not to be written to."""
    chosen = {c: images[SPLIT[pool]] for c, images in everything().items()}
    x = torch.stack([image for images in chosen.values() for image in images])
    y = torch.tensor([c for c, images in chosen.items() for _ in images])
    return DigitPool(x.float() / 8 - 1, y)
