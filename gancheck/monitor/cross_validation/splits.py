"""Data in parts: scikit-learn says which rows are held out, and every fold gets them in the form that was given."""

from __future__ import annotations

from collections.abc import Sized
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import Dataset, Subset, TensorDataset

from gancheck.errors import BadData, BadParameter

Rows = NDArray[np.int64]
Split = tuple[Rows, Rows]  #: rows that are trained on, rows that are held out


class Splitter(Protocol):
    """One of scikit-learn's, such as TimeSeriesSplit."""

    def split(self, X: Any, y: Any = None, groups: Any = None) -> Any:
        """Pairs of row numbers."""


def split_rows(data: Any, folds: int | Splitter, groups: Any, seed: int) -> list[Split]:
    """Row numbers of every fold: groups are kept together where there are any, else classes are spread evenly where
    there are labels, else rows are shuffled. BadData or BadParameter where that is not possible."""
    count, labels = count_rows(data), labels_of(data)
    if groups is not None and len(groups) != count:
        raise BadData(f"groups: {len(groups)} for {count} rows; give one for every row")
    splitter = splitter_of(folds, count, labels, groups, seed) if isinstance(folds, int) else folds
    if not hasattr(splitter, "get_n_splits"):
        raise BadParameter(f"folds = {folds!r}: give a number, or a splitter of scikit-learn")
    try:
        found = list(splitter.split(np.zeros(count), labels, None if groups is None else plain(groups, "groups")))
    except ValueError as error:
        raise BadParameter(f"folds = {folds!r} does not fit {count} rows: {error}") from error
    return [(np.asarray(trained, np.int64), np.asarray(held_out, np.int64)) for trained, held_out in found]


def splitter_of(folds: int, count: int, labels: NDArray[Any] | None, groups: Any, seed: int) -> Splitter:
    """KFold, StratifiedKFold or GroupKFold."""
    from sklearn.model_selection import GroupKFold, KFold, StratifiedKFold  # seconds to import

    if not 2 <= folds <= count:
        raise BadParameter(f"folds = {folds}: {count} rows can be split into 2 to {count} folds")
    if groups is not None:
        made: Splitter = GroupKFold(folds)
    elif has_classes(labels, folds):
        made = StratifiedKFold(folds, shuffle=True, random_state=seed % 2**32)
    else:
        made = KFold(folds, shuffle=True, random_state=seed % 2**32)
    return made


def has_classes(labels: NDArray[Any] | None, folds: int) -> bool:
    """Whether labels are whole numbers of which each stands in at least as many rows as there are folds; targets of a
    regression that are whole numbers hardly ever do."""
    if labels is None or labels.ndim != 1 or labels.dtype.kind not in "iub":
        return False
    return int(np.unique(labels, return_counts=True)[1].min()) >= folds


def count_rows(data: Any) -> int:
    """How many rows the data has; BadData where its parts disagree."""
    if isinstance(data, Dataset):
        if not isinstance(data, Sized):
            raise BadData("data: this Dataset has no length; rows of an iterable dataset cannot be held out")
        return len(data)
    sizes = {len(part) for part in parts_of(data)}
    if len(sizes) != 1:
        raise BadData(f"data: parts of {' and '.join(map(str, sorted(sizes)))} rows; all need the same number")
    return sizes.pop()


def parts_of(data: Any) -> tuple[Any, ...]:
    """X, or X, y and whatever else stands beside; every one a tensor or an array."""
    parts = data if isinstance(data, tuple) else (data,)
    return tuple(part if isinstance(part, Tensor) else plain(part, "data") for part in parts)


def plain(values: Any, name: str) -> NDArray[Any]:
    """An array; BadData for what is none."""
    try:
        made = values.detach().cpu().numpy() if isinstance(values, Tensor) else np.asarray(values)
    except (TypeError, ValueError) as error:
        raise BadData(f"{name}: cannot be made an array: {error}") from error
    if made.ndim == 0 or (made.dtype == object and name == "data"):
        raise BadData(f"{name}: give X, or (X, y), as tensors or arrays, or a torch Dataset")
    return made


def labels_of(data: Any) -> NDArray[Any] | None:
    """y of (X, y), a TensorDataset's second tensor, or a Dataset's `targets`, as torchvision names them."""
    if isinstance(data, TensorDataset):
        return plain(data.tensors[1], "labels") if len(data.tensors) > 1 else None
    if isinstance(data, Dataset):
        targets = getattr(data, "targets", None)
        return None if targets is None else plain(targets, "targets")
    parts = parts_of(data)
    return plain(parts[1], "labels") if len(parts) > 1 else None


def take(data: Any, rows: Rows) -> Any:
    """Some rows of the data, in the form in which it was given."""
    if isinstance(data, Dataset):
        return Subset(data, rows.tolist())
    picked = tuple(p[torch.from_numpy(rows).to(p.device)] if isinstance(p, Tensor) else p[rows] for p in parts_of(data))
    return picked if isinstance(data, tuple) else picked[0]
