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


class Dataset:
    """One array of an HDF5 file; rows are read when they are asked for."""

    read_in_place = True

    def __init__(self, path: Path, key: str, shape: tuple[int, ...], dtype: np.dtype[Any]) -> None:
        self.path, self.key, self.shape, self.dtype = path, key, shape, dtype
        self.ndim, self.itemsize = len(shape), dtype.itemsize

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: slice) -> Array:
        if self.dtype.kind == "O":
            return read_words(self.path, self.key, self.shape)[rows]
        with open_file(self.path) as file:
            return np.asarray(file[self.key][rows])

    def __array__(self, dtype: Any = None, copy: Any = None) -> Array:
        return read_words(self.path, self.key, self.shape) if self.dtype.kind == "O" else self[slice(None)]


def list_datasets(path: Path) -> dict[str, Any]:
    """The arrays of a file by name, as `group/samples`; BadData for one whose values stand in another file."""
    found: dict[str, Any] = {}

    def note(key: str, item: Any) -> None:
        if getattr(item, "shape", None):  # a group has none, a single value an empty one
            refuse(item, path)
            found[key] = Dataset(path, key, item.shape, item.dtype)

    with open_file(path) as file:
        file.visititems(note)
    return found


def refuse(item: Any, path: Path) -> None:
    """BadData for an array that other files hold, or that claims far more, whole or in a piece, than the file has."""
    if item.is_virtual or item.external:
        raise BadData(f"{path.name}: the values of '{item.name}' stand in other files; save them in this one")
    for shape in (item.shape, item.chunks or ()):
        claimed = math.prod(shape) * item.dtype.itemsize
        if claimed > LARGEST or is_bomb(path, claimed):
            raise BadData(f"{path.name}: '{item.name}' says that its shape is {item.shape}; give fewer samples")


def open_file(path: Path) -> Any:
    """The file, for reading."""
    try:
        import h5py
    except ImportError as error:
        raise BadData(f"{path.name} is an HDF5 file, which needs h5py: {INSTALL}") from error
    return h5py.File(path, "r")
