"""The 1,797 handwritten digits that come with scikit-learn, split into pools that share nothing.

Alpaydin & Kaynak, "Optical recognition of handwritten digits", UCI repository, 1998.
"""

from __future__ import annotations

import gzip
import hashlib
import io
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

SIZE = 8  #: height and width of a digit
CLASSES = 10
FILE = Path("datasets", "data", "digits.csv.gz")  #: in scikit-learn: rows of 64 grey levels and a class, without a head
SHA256 = "09f66e6debdee2cd2b5ae59e0d6abbb73fc2b0e0185d2e1957e9ebb51e23aa22"

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
    images, classes = read_digits()
    order = sorted(range(len(images)), key=lambda i: hashlib.sha256(images[i].tobytes()).digest())
    return {c: [torch.from_numpy(images[i]) for i in order if classes[i] == c] for c in range(CLASSES)}


def read_digits() -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """(1797, 8, 8) images and (1797,) classes: from scikit-learn's data file, as importing the package takes a second
    of every process; by the package itself where the file is another one or elsewhere."""
    spec = find_spec("sklearn")  # of a package at the top level, this imports nothing
    places = spec.submodule_search_locations if spec else None
    packed = next((path.read_bytes() for place in places or () if (path := Path(place) / FILE).is_file()), b"")
    if hashlib.sha256(packed).hexdigest() != SHA256:
        from sklearn.datasets import load_digits

        data = load_digits()
        return data.images.astype("uint8"), data.target.astype("uint8")
    rows = np.loadtxt(io.StringIO(gzip.decompress(packed).decode("ascii")), delimiter=",", dtype=np.uint8)
    return rows[:, :-1].reshape(-1, SIZE, SIZE), rows[:, -1]


@cache
def digits(pool: str) -> DigitPool:
    """One pool of `SPLIT`, class by class; shared, so not to be written to."""
    chosen = {c: images[SPLIT[pool]] for c, images in everything().items()}
    x = torch.stack([image for images in chosen.values() for image in images])
    y = torch.tensor([c for c, images in chosen.items() for _ in images])
    return DigitPool(x.float() / 8 - 1, y)
