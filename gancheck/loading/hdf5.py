"""HDF5 files, read in place; links that lead out of the file are not followed."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np

from gancheck.errors import BadData
from gancheck.loading.content import LARGEST, is_bomb
from gancheck.loading.hdf5_words import read_words
from gancheck.loading.raw import Array

INSTALL = "pip install 'gancheck[hdf5]', or save the array with numpy.save"
ADVICE = "save the samples as one array at the top"
DEEPEST = 64  #: groups in groups; every level takes longer to look up than the one above


class Dataset:
    """One array of an HDF5 file; rows are read when they are asked for."""

    read_in_place = True

    def __init__(self, path: Path, key: str, item: Any) -> None:
        self.path, self.key, self.dtype = path, key, item.dtype
        self.shape: tuple[int, ...] = item.shape
        self.chunks: tuple[int, ...] = item.chunks or ()
        self.ndim, self.itemsize = len(self.shape), self.dtype.itemsize

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: slice) -> Array:
        self.refuse_claims()
        if self.dtype.kind == "O":
            return read_words(self.path, self.key, self.shape)[rows]
        with open_file(self.path) as file:
            return np.asarray(file[self.key][rows])

    def __array__(self, dtype: Any = None, copy: Any = None) -> Array:
        return self[slice(None)]

    def refuse_claims(self) -> None:
        """BadData where the array, whole or in a piece, would take far more than the file explains. Others beside it,
        such as one that is prepared and not written yet, do no harm."""
        for shape in (self.shape, self.chunks):
            claimed = math.prod(shape) * self.itemsize
            if claimed > LARGEST or is_bomb(self.path, claimed):
                size = f"{claimed / 2**30:.1f} GiB, in a file of {self.path.stat().st_size / 2**20:.1f} MiB"
                raise BadData(f"{self.path.name}: '{self.key}' says that it holds {size}; give fewer samples")


def list_datasets(path: Path) -> dict[str, Any]:
    """The arrays of a file by name, as `group/samples`; BadData for one whose values stand in another file."""
    found: dict[str, Any] = {}

    def note(key: str, item: Any) -> None:
        if key.count("/") >= DEEPEST:
            raise BadData(f"{path.name} has groups in groups, more than {DEEPEST} deep; {ADVICE}")
        if getattr(item, "shape", None):  # a group has none, a single value an empty one
            refuse_elsewhere(item, path)
            found[key] = Dataset(path, key, item)

    with open_file(path) as file:
        file.visititems(note)
    return found


def refuse_elsewhere(item: Any, path: Path) -> None:
    """BadData for an array that other files hold."""
    if item.is_virtual or item.external:
        raise BadData(f"{path.name}: the values of '{item.name}' stand in other files; save them in this one")


def open_file(path: Path) -> Any:
    """The file, for reading."""
    try:
        import h5py
    except ImportError as error:
        raise BadData(f"{path.name} is an HDF5 file, which needs h5py: {INSTALL}") from error
    return h5py.File(path, "r")
