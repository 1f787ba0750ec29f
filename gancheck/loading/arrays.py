"""Arrays in files: .npy read in place, .npz read once, torch tensors loaded without unpickling objects."""

from __future__ import annotations

import math
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np
import torch
from torch import Tensor

from gancheck.errors import BadData
from gancheck.loading.failures import one_line_errors
from gancheck.loading.raw import Array, Raw, slices

SAMPLES = ("samples", "x", "images", "data", "arr_0")
LABELS = ("labels", "label", "y")
HIGHEST = 1_000_000  #: label
PLAIN = "save it as plain numbers with numpy.save"


def npy(path: Path) -> Raw:
    """A .npy file, read in place."""
    return raw_array(map_file(path), path.name)


def map_file(path: Path) -> Array:
    """The array of a .npy file, not read yet."""
    with one_line_errors(path.name, PLAIN):
        with path.open("rb") as file:
            refuse_header(file, path.stat().st_size, path.name)
        return array_of(np.load(path, mmap_mode="r", allow_pickle=False))


def npz(path: Path) -> Raw:
    """The samples of a .npz file, and its labels if it has some."""
    with one_line_errors(path.name, PLAIN), zipfile.ZipFile(path) as archive:
        members = {m.filename.removesuffix(".npy"): m for m in archive.infolist() if m.filename.endswith(".npy")}
        return from_names({name: Member(archive, member) for name, member in members.items()}, path.name)


class Member:
    """One array of a .npz file, read when it is asked for."""

    def __init__(self, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
        self.archive, self.member = archive, member

    def __array__(self, dtype: Any = None, copy: Any = None) -> Array:
        with self.archive.open(self.member) as file:
            refuse_header(file, self.member.file_size, self.member.filename)
        with self.archive.open(self.member) as file:
            return np.lib.format.read_array(file, allow_pickle=False)


def torch_file(path: Path) -> Raw:
    """A tensor, or a dict of tensors, saved with torch.save; nothing else is unpickled."""
    advice = "save a tensor, or a dict with 'samples', with torch.save; a generator as TorchScript (torch.jit.trace)"
    with one_line_errors(path.name, advice):
        found = torch.load(path, map_location="cpu", weights_only=True)
        if not isinstance(found, Tensor | Mapping):
            raise BadData(f"{path.name} holds a {type(found).__name__}; {advice}")
        for value in found.values() if isinstance(found, Mapping) else (found,):
            if isinstance(value, Tensor) and value.numel() * value.element_size() > path.stat().st_size:
                raise BadData(f"{path.name} holds a tensor larger than the file; save it after .clone()")
        return raw_array(found, path.name) if isinstance(found, Tensor) else from_names(found, path.name)


def from_names(arrays: Mapping[Any, Any], name: str) -> Raw:
    """The samples among named arrays, with labels if there are some."""
    known = {str(key).lower(): key for key in arrays}
    label = next((known[key] for key in LABELS if key in known and len(arrays) > 1), None)
    others = [key for key in arrays if key != label]
    chosen = next((known[key] for key in SAMPLES if key in known), others[0] if len(others) == 1 else None)
    if chosen is None:
        listed = ", ".join(map(str, others[:8])) + (" ..." if len(others) > 8 else "")
        raise BadData(f"{name} holds {len(others)} arrays ({listed}); name the one to read 'samples'")
    labels = None if label is None else whole_labels(array_of(arrays[label]), name)
    return raw_array(arrays[chosen], name, labels, () if len(arrays) == 1 else (f"array '{chosen}' of {name}",))


def whole_labels(values: Array, name: str) -> Tensor:
    """(n,) int64 labels that came with the samples."""
    if values.ndim != 1 or values.dtype.kind not in "iu":
        raise BadData(f"{name}: its labels are {values.dtype} of shape {values.shape}; give one integer a sample")
    if len(values) and values.min() < 0:
        raise BadData(f"{name}: {int((values < 0).sum()):,} labels are negative; leave out samples without a label")
    if len(values) and values.max() > HIGHEST:
        raise BadData(f"{name}: a label is {values.max()}; number the classes from 0")
    return torch.from_numpy(values.astype(np.int64))


def raw_array(found: Any, name: str, labels: Tensor | None = None, notes: tuple[str, ...] = ()) -> Raw:
    """An array's rows, batch by batch."""
    array = array_of(found)
    if array.ndim == 0:
        raise BadData(f"{name} holds a single value; give an array with one row a sample")
    row_bytes = math.prod(array.shape[1:]) * array.itemsize

    def read() -> Iterator[Array]:
        return (np.asarray(array[rows]) for rows in slices(len(array), row_bytes))

    return Raw(name, array.shape[1:], read, labels=labels, notes=notes)


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
    if dtype.kind not in "fiu":
        return  # refused by its kind, without a look at its values
    if any(length < 0 for length in shape) or math.prod(shape) * dtype.itemsize > size - file.tell():
        raise BadData(f"{name} is cut short: its header promises shape {shape}; save it again")
