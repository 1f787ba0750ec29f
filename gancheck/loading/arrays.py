"""Arrays in files: .npy and .h5 read in place, .npz and safetensors when asked for, torch tensors without objects."""

from __future__ import annotations

import math
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np
import torch
from torch import Tensor

from gancheck.errors import BadData
from gancheck.loading.failures import one_line_errors
from gancheck.loading.raw import Array, Raw, slices

PLAIN = "save it as plain numbers with numpy.save"


def map_file(path: Path) -> Array:
    """The array of a .npy file, not read yet."""
    with one_line_errors(path.name, PLAIN):
        with path.open("rb") as file:
            refuse_header(file, path.stat().st_size, path.name)
        return array_of(np.load(path, mmap_mode="r", allow_pickle=False))


class Member:
    """One array of a .npz file, read when it is asked for."""

    def __init__(self, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
        self.archive, self.member = archive, member

    def __array__(self, dtype: Any = None, copy: Any = None) -> Array:
        with self.archive.open(self.member) as file:
            name = f"{self.member.filename} of {Path(self.archive.filename or '').name}"
            refuse_header(file, self.member.file_size, name)
        with self.archive.open(self.member) as file:
            return np.lib.format.read_array(file, allow_pickle=False)


def members_of(archive: zipfile.ZipFile) -> dict[str, Member]:
    """The arrays of a .npz file by name, not read yet."""
    found = (member for member in archive.infolist() if member.filename.endswith(".npy"))
    return {member.filename.removesuffix(".npy"): Member(archive, member) for member in found}


def raw_array(
    found: Any,
    name: str,
    labels: Tensor | None = None,
    classes: tuple[str, ...] = (),
    notes: tuple[str, ...] = (),
) -> Raw:
    """An array's rows, batch by batch; one that is read in place stays so."""
    array = found if getattr(found, "read_in_place", False) else array_of(found)
    if array.ndim == 0:
        raise BadData(f"{name} holds a single value; give an array with one row a sample")
    if not math.prod(array.shape[1:]):
        raise BadData(f"{name} holds no samples: each of its shape {array.shape[1:]} is without a value")
    row_bytes = math.prod(array.shape[1:]) * array.itemsize

    def read() -> Iterator[Array]:
        return (np.asarray(array[rows]) for rows in slices(len(array), row_bytes))

    return Raw(name, array.shape[1:], read, labels=labels, classes=classes, notes=notes)


def array_of(found: Any) -> Array:
    """Anything that can be an array, without a copy where that is possible."""
    if isinstance(found, Tensor):
        found = found.detach().cpu()
        plain: Array = (found.float() if found.dtype == torch.bfloat16 else found).resolve_neg().resolve_conj().numpy()
        return plain
    if isinstance(found, np.ma.MaskedArray) and np.ma.is_masked(found):
        raise BadData("some values are masked; give samples without missing values")
    array: Array = found if isinstance(found, np.memmap) else np.asarray(found)
    if array.dtype.kind == "O":
        raise BadData("the array holds Python objects or rows of different length; give plain numbers of one shape")
    return array


def refuse_header(file: IO[bytes], size: int, name: str) -> None:
    """BadData where a .npy header names pickled objects, or more values than follow it."""
    version = np.lib.format.read_magic(file)
    header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _, dtype = header(file)
    if dtype.hasobject:
        raise BadData(f"{name} would have to be unpickled; {PLAIN}")
    if any(length < 0 for length in shape) or math.prod(shape) * dtype.itemsize > size - file.tell():
        raise BadData(f"{name} is cut short: its header promises shape {shape}; save it again")
