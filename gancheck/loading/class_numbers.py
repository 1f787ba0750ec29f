"""Labels in any form that says one class a sample, as whole numbers."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from gancheck.errors import BadData
from gancheck.loading.raw import Array
from gancheck.system.counts import choose_verb, say_count

HIGHEST = 1_000_000  #: label


def number_classes(values: Array, name: str) -> tuple[Tensor, tuple[str, ...]]:
    """(n,) int64 labels, and the names of classes 0, 1, ... where they have some.

    `values`: whole numbers of any type, true and false, words, each (n,) or (n, 1); or one-hot rows (n, k). Words are
    numbered in alphabetical order. BadData for anything else.
    """
    values = one_column(values, name)
    if values.dtype.kind == "b":
        values = values.astype(str)
    if values.dtype.kind == "S":
        values = np.char.decode(values, "utf-8")
    if values.dtype.kind == "O" and all(isinstance(value, str) for value in values):
        values = values.astype(str)
    if values.dtype.kind in "UT":
        return number_words(values.astype(str))
    return torch.from_numpy(whole_numbers(values, name).astype(np.int64)), ()


def one_column(values: Array, name: str) -> Array:
    """(n,) from (n,), (n, 1) or one-hot (n, k)."""
    if values.ndim == 2 and values.shape[1] == 1:
        return values[:, 0]
    if values.ndim == 2 and values.dtype.kind in "biuf" and is_one_hot(values):
        hot: Array = values.argmax(1)
        return hot
    if values.ndim != 1:
        raise BadData(f"{name}: its labels are {values.dtype} of shape {values.shape}; give one integer a sample")
    return values


def is_one_hot(values: Array) -> bool:
    """Whether each row is one 1 among zeros."""
    return bool(((values == 0) | (values == 1)).all() and (values.sum(1) == 1).all())


def number_words(values: Array) -> tuple[Tensor, tuple[str, ...]]:
    """The place of each word among the classes, and those."""
    names, inverse = np.unique(values, return_inverse=True)
    return torch.from_numpy(inverse.reshape(-1).astype(np.int64)), tuple(names.tolist())


def whole_numbers(values: Array, name: str) -> Array:
    """Integers from 0; BadData that says what is wrong with them."""
    if values.dtype.kind == "f" and (np.isfinite(values) & (values == np.rint(values))).all():
        values = values.astype(np.float64).clip(-HIGHEST - 1, HIGHEST + 1).astype(np.int64)
    if values.dtype.kind not in "iu":
        held = "fractions or missing values" if values.dtype.kind == "f" else f"{values.dtype}"
        raise BadData(f"{name}: its labels hold {held}; give one integer a sample, or words")
    if below := int((values < 0).sum()):
        are = choose_verb(below, "is", "are")
        raise BadData(f"{name}: {say_count(below, 'label')} {are} negative; leave out samples without a label")
    if len(values) and values.max() > HIGHEST:
        raise BadData(f"{name}: a label is {values.max()}; number the classes from 0")
    return values
