"""Images with classes, split into pools that share nothing.

Which pool an image goes to follows from the SHA-256 of its bytes alone, class by class: a shuffle that neither a
library nor the order of files can change.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Set
from itertools import accumulate
from typing import NamedTuple

import torch
from torch import Tensor

from gancheck.classifiers.shipped import SHORT
from gancheck.errors import BadData

#: Parts of images that come in one heap.
SHARES = {"train": 0.6, "calibration": 0.12, "reference": 0.14, "real": 0.14}
#: Parts of a test set of its own, beside a training set that stays whole.
TEST_SHARES = {"calibration": 0.2, "reference": 0.4, "real": 0.4}
FEWEST = 10  #: images of a class, of which the smallest pool gets one


class ImageSet(NamedTuple):
    """Images and their classes."""

    x: Tensor  #: (n, c, h, w) uint8
    y: Tensor  #: (n,) int64 in [0, C)

    def take(self, rows: Tensor) -> ImageSet:
        """Some of them."""
        return ImageSet(self.x[rows], self.y[rows])

    def to(self, device: torch.device) -> ImageSet:
        """The same on another device."""
        return ImageSet(self.x.to(device), self.y.to(device))

    def digest(self) -> str:
        """12 hex digits of the SHA-256 of shape, images and classes."""
        found = hashlib.sha256(repr(tuple(self.x.shape)).encode())
        found.update(self.x.contiguous().numpy().data)
        found.update(self.y.contiguous().numpy().data)
        return found.hexdigest()[:12]


class ImagePools(NamedTuple):
    """What a GAN and the classifier are trained on, and three sets that neither of them sees."""

    train: ImageSet
    calibration: ImageSet
    reference: ImageSet
    real: ImageSet


def split_images(images: ImageSet) -> ImagePools:
    """Pools of images that come in one heap, by `SHARES`; repeats are dropped first.

    BadData where a class has fewer than 10 different images.
    """
    return ImagePools(**split(images, unique_rows(images), SHARES, int(images.y.max()) + 1))


def split_test_images(train: ImageSet, test: ImageSet, seen: Set[bytes] = frozenset()) -> ImagePools:
    """All training images, and the test set by `TEST_SHARES`, without repeats and without images of the training set.

    `seen` are the first bytes of the SHA-256 of more images to leave out of the test set: what a classifier was trained
    on elsewhere.
    BadData where a class has fewer than 10 different images in what is left of the test set.
    """
    known = set(digests(train.x))
    rows = {d: row for d, row in unique_rows(test).items() if d not in known and d[:SHORT] not in seen}
    return ImagePools(train, **split(test, rows, TEST_SHARES, int(torch.cat([train.y, test.y]).max()) + 1))


def split(
    images: ImageSet, rows: Mapping[bytes, int], shares: Mapping[str, float], classes: int
) -> dict[str, ImageSet]:
    """Name of the pool -> its images, class by class, from rows by their digests."""
    ordered = torch.tensor([rows[digest] for digest in sorted(rows)], dtype=torch.int64)
    parts: dict[str, list[Tensor]] = {name: [] for name in shares}
    for label in range(classes):
        members = ordered[images.y[ordered] == label]
        refuse_small_class(label, len(members))
        ends = [round(share * len(members)) for share in accumulate(shares.values())]
        for name, start, end in zip(shares, [0, *ends], ends, strict=False):
            parts[name].append(members[start:end])
    return {name: images.take(torch.cat(chosen)) for name, chosen in parts.items()}


def refuse_small_class(label: int, count: int) -> None:
    """BadData for a class that cannot be split."""
    if count < FEWEST:
        raise BadData(
            f"class {label} has {count} different images, to be split into pools that share nothing: "
            f"at least {FEWEST} of every class are needed; add images, or leave the class out"
        )


def unique_rows(images: ImageSet) -> dict[bytes, int]:
    """Digest -> the first row that has it."""
    found: dict[bytes, int] = {}
    for row, digest in enumerate(digests(images.x)):
        found.setdefault(digest, row)
    return found


def digests(x: Tensor) -> list[bytes]:
    """SHA-256 of every image's bytes."""
    return [hashlib.sha256(image.tobytes()).digest() for image in x.contiguous().numpy()]
