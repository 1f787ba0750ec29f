"""Labels: one class a sample, as numbers from 0 with names."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from gancheck.errors import BadData
from gancheck.loading.arrays import array_of, map_file, whole_labels
from gancheck.loading.content import content_of, require_path
from gancheck.loading.failures import one_line_errors
from gancheck.loading.raw import Array
from gancheck.loading.tables import label_cells

ADVICE = "give one integer a sample, as .npy, .csv or a text file with one a line"


def open_labels(source: Any, count: int) -> tuple[Tensor, tuple[str, ...]]:
    """Labels (count,) int64, 0 ... K - 1, and the K names they had, in order.

    `source`: a .npy, .csv or .txt file, or any array of integers. BadData where they are not one class a sample.
    """
    name = Path(source).name if isinstance(source, str | PathLike) else "labels"
    with one_line_errors(name, ADVICE):
        values = from_file(require_path(source), count) if isinstance(source, str | PathLike) else array_of(source)
        return classes(values, count, name)


def from_file(path: Path, count: int) -> Array:
    """The labels of a file, integers or text."""
    if content_of(path) == "npy":
        return map_file(path)
    if content_of(path) == "table":
        return label_cells(path, count)
    raise BadData(f"{path.name} holds no labels that gancheck reads; {ADVICE}")


def classes(values: Array, count: int, name: str) -> tuple[Tensor, tuple[str, ...]]:
    """Numbers from 0 in the order of the sorted names."""
    if values.ndim != 1:
        raise BadData(f"{name}: labels have shape {values.shape}; {ADVICE}")
    if len(values) != count:
        raise BadData(f"{name} holds {len(values):,} labels for {count:,} samples; give one a sample")
    if values.dtype.kind != "U":
        values = whole_labels(values, name).numpy()
    names, label = np.unique(values, return_inverse=True)
    if len(names) > count / 2:
        raise BadData(f"{name} holds {len(names):,} different labels for {count:,} samples; classes need to be fewer")
    return torch.from_numpy(label.astype(np.int64)), tuple(map(str, names.tolist()))
