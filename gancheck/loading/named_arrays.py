"""Several arrays in one source: which of them are the samples, and which are their labels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

import numpy as np
from torch import Tensor

from gancheck.errors import BadData, did_you_mean
from gancheck.loading.arrays import array_of, raw_array
from gancheck.loading.class_numbers import number_classes
from gancheck.loading.column_facts import LABELS
from gancheck.loading.columns import most_classes
from gancheck.loading.raw import Raw, join_names
from gancheck.system.counts import say_count

SAMPLES = ("samples", "x", "images", "data", "arr_0")
TARGETS = ("y", "target")  #: names that may hold what a regression predicts rather than classes

Found = tuple[Tensor | None, tuple[str, ...], tuple[str, ...]]  #: labels, the names of classes, notes
NONE: Found = (None, (), ())


def from_names(arrays: Mapping[str, Any], name: str, wanted: str | None = None) -> Raw:
    """The samples among named arrays, with labels if there are some; `wanted` is the name of the samples."""
    if not arrays:
        raise BadData(f"{name} holds no array")
    chosen = choose_array(arrays, name, wanted)
    label = label_beside(arrays, chosen)
    samples = arrays[chosen] if getattr(arrays[chosen], "read_in_place", False) else array_of(arrays[chosen])
    others = [array for key, array in arrays.items() if key not in (chosen, label)]
    labels, classes, notes = read_labels(arrays[label], label, name, samples, others) if label else NONE
    beside = [f"'{key}'" for key in arrays if key not in (chosen, label)]
    read = () if len(arrays) == 1 else (f"array '{chosen}' of {name}",)
    left = (f"other arrays left out: {join_names(beside)}",) if beside else ()
    return raw_array(samples, name, labels, classes, (*read, *left, *notes))


def choose_array(arrays: Mapping[str, Any], name: str, wanted: str | None) -> str:
    """The array that the user names; else one called samples and the like, or the only one."""
    known = {key.lower(): key for key in arrays} | short_names(arrays)
    if wanted is not None:
        if wanted not in arrays and wanted.lower() not in known:
            raise BadData(
                f"{name} holds no array '{wanted}'; it holds {join_names(list(arrays))}.{did_you_mean(wanted, arrays)}"
            )
        return wanted if wanted in arrays else known[wanted.lower()]
    label = next((known[key] for key in LABELS if key in known and len(arrays) > 1), None)
    others = [key for key in arrays if key != label]
    chosen = next((known[key] for key in SAMPLES if key in known), others[0] if len(others) == 1 else None)
    if chosen is None:
        listed = ", ".join(others[:8]) + (" ..." if len(others) > 8 else "")
        raise BadData(
            f"{name} holds {len(others)} arrays ({listed}); name the one to read 'samples', or say which: --array NAME"
        )
    return chosen


def short_names(arrays: Mapping[str, Any]) -> dict[str, str]:
    """The last part of each name, as `samples` of `generator/samples`, where no other array has it."""
    ends = [key.rpartition("/")[2].lower() for key in arrays]
    return {end: key for end, key in zip(ends, arrays, strict=True) if ends.count(end) == 1}


def label_beside(arrays: Mapping[str, Any], chosen: str) -> str | None:
    """The array of labels in the same group."""
    group = chosen.rpartition("/")[0]
    beside = {key.rpartition("/")[2].lower(): key for key in arrays if key.rpartition("/")[0] == group}
    return next((beside[key] for key in LABELS if key in beside and beside[key] != chosen), None)


def read_labels(found: Any, label: str, name: str, samples: Any, others: Sequence[Any]) -> Found:
    """Labels; those that are as many as another array than `samples` has rows are its own, and left out.

    So is an array `y` that holds no classes, but what a regression may predict.
    """
    values = array_of(found)
    if len(samples) != count_rows(values) and any(count_rows(array) == count_rows(values) for array in others):
        counts = f"{say_count(len(values), 'value')} for {say_count(len(samples), 'sample')}"
        return None, (), (f"array '{label}' left out: it holds {counts}",)
    if label.rpartition("/")[2].lower() not in TARGETS:
        return (*number_classes(values, name), ())
    try:
        labels, classes = number_classes(values, name)
    except BadData:
        return None, (), (f"array '{label}' left out: it holds no classes",)
    distinct = len(np.unique(labels.numpy()))
    if distinct > most_classes(len(labels), label.lower()):
        return None, (), (f"array '{label}' left out: {distinct:,} different values are too many for labels",)
    return labels, classes, ()


def count_rows(array: Any) -> int:
    """Rows of an array; 0 where it is a single number, or cannot be read."""
    with suppress(BadData, ValueError, TypeError):
        whole = array if getattr(array, "read_in_place", False) else array_of(array)
        return int(whole.shape[0]) if whole.ndim else 0
    return 0


def flatten(found: Mapping[Any, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """The arrays and tensors of nested dicts, under names such as `generator/samples`."""
    for key, value in found.items():
        if isinstance(value, Mapping):
            yield from flatten(value, f"{above}{key}/")
        elif getattr(value, "ndim", None) or isinstance(value, list):
            yield f"{above}{key}", value
