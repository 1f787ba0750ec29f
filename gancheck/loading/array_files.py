"""Files of arrays: .npy, .npz, torch, safetensors and HDF5; of several arrays one is read, by its name."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from torch import Tensor

from gancheck.errors import BadData
from gancheck.loading.arrays import PLAIN, map_file, members_of, raw_array
from gancheck.loading.failures import one_line_errors
from gancheck.loading.frames import structured_table
from gancheck.loading.hdf5 import list_datasets
from gancheck.loading.named_arrays import flatten, from_names
from gancheck.loading.old_torch import refuse_claims
from gancheck.loading.options import ReadOptions
from gancheck.loading.raw import Array, Raw
from gancheck.loading.samples import Samples
from gancheck.loading.tables import raw_table

SAVE = "save a tensor, or a dict with 'samples', with torch.save; a generator as TorchScript (torch.jit.trace)"


def npy(path: Path, options: ReadOptions, like: Samples | None) -> Raw:
    """A .npy file, read in place; rows with named fields are a table."""
    array = map_file(path)
    if array.dtype.names:
        return raw_table(structured_table(array, path.name), options, like)
    return raw_array(array, path.name)


def npz(path: Path, options: ReadOptions, like: Samples | None) -> Raw:
    """The samples of a .npz file, and its labels if it has some."""
    with one_line_errors(path.name, PLAIN), zipfile.ZipFile(path) as archive:
        return from_names(members_of(archive), path.name, options.array)


def torch_file(path: Path, options: ReadOptions, like: Samples | None) -> Raw:
    """A tensor, or nested dicts of tensors, saved with torch.save; nothing else is unpickled."""
    with one_line_errors(path.name, SAVE):
        refuse_claims(path)
        found = torch.load(path, map_location="cpu", weights_only=True)
        if not isinstance(found, Tensor | Mapping):
            raise BadData(f"{path.name} holds a {type(found).__name__}; {SAVE}")
        arrays = dict(flatten(found if isinstance(found, Mapping) else {"tensor": found}))
        for value in arrays.values():
            if isinstance(value, Tensor) and value.numel() * value.element_size() > path.stat().st_size:
                raise BadData(f"{path.name} holds a tensor larger than the file; save it after .clone()")
        return (
            raw_array(found, path.name) if isinstance(found, Tensor) else from_names(arrays, path.name, options.array)
        )


def safetensors_file(path: Path, options: ReadOptions, like: Samples | None) -> Raw:
    """The samples of a safetensors file, and its labels if it has some."""
    with one_line_errors(path.name, "save it again with safetensors"), ExitStack() as stack:
        file = stack.enter_context(safe_open(path, framework="pt"))
        return from_names({key: SafeTensor(file, key) for key in file.keys()}, path.name, options.array)  # noqa: SIM118


class SafeTensor:
    """One tensor of a safetensors file, read when it is asked for."""

    def __init__(self, file: Any, key: str) -> None:
        self.file, self.key = file, key

    def __array__(self, dtype: Any = None, copy: Any = None) -> Array:
        tensor: Tensor = self.file.get_tensor(self.key)
        return (tensor.float() if tensor.dtype == torch.bfloat16 else tensor).numpy()


def hdf5(path: Path, options: ReadOptions, like: Samples | None) -> Raw:
    """The samples of an HDF5 file, read in place, and its labels if it has some."""
    with one_line_errors(path.name, PLAIN):
        return from_names(list_datasets(path), path.name, options.array)
