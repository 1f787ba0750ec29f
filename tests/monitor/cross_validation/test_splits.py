"""Splits: every row is held out once, classes and groups are respected, and rows keep their form."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.model_selection import TimeSeriesSplit
from torch.utils.data import Dataset, IterableDataset, Subset, TensorDataset

from gancheck.errors import BadData, BadParameter
from gancheck.monitor.cross_validation.splits import split_rows, take

X = np.arange(24.0).reshape(12, 2)
CLASSES = np.array([0, 1, 1, 1] * 3)


class Pictures(Dataset[Any]):
    """A dataset as torchvision makes them."""

    targets = tuple([0, 1, 1, 1] * 3)

    def __len__(self) -> int:
        return 12

    def __getitem__(self, i: int) -> tuple[float, int]:
        return float(i), self.targets[i]


class Stream(IterableDataset[int]):
    """Rows that cannot be counted."""

    def __iter__(self) -> Iterator[int]:
        yield 0


FORMS = {
    "array": X,
    "arrays": (X, CLASSES),
    "tensor": torch.from_numpy(X),
    "tensors": (torch.from_numpy(X), torch.from_numpy(CLASSES)),
    "list": X.tolist(),
    "tensor dataset": TensorDataset(torch.from_numpy(X), torch.from_numpy(CLASSES)),
    "dataset": Pictures(),
}


@pytest.mark.parametrize("data", FORMS.values(), ids=FORMS)
def test_every_row_is_held_out_once(data: Any) -> None:
    splits = split_rows(data, 3, None, seed=0)
    assert sorted(row for _, held_out in splits for row in held_out) == list(range(12))
    assert all(set(trained).isdisjoint(held_out) and len(trained) == 8 for trained, held_out in splits)


@pytest.mark.parametrize("form", ["arrays", "tensors", "tensor dataset", "dataset"])
def test_classes_are_spread_evenly(form: str) -> None:
    for _, held_out in split_rows(FORMS[form], 3, None, seed=0):
        assert sorted(CLASSES[held_out]) == [0, 1, 1, 1]


def test_whole_numbers_that_are_no_classes_are_not_spread() -> None:
    assert len(split_rows((X, np.arange(12)), 3, None, seed=0)) == 3


def test_groups_are_never_on_both_sides() -> None:
    groups = np.array(list("aabbccddeeff"))
    for trained, held_out in split_rows((X, CLASSES), 3, groups, seed=0):
        assert set(groups[trained]).isdisjoint(groups[held_out])


def test_splitter_of_scikit_learn_is_taken() -> None:
    splits = split_rows(X, TimeSeriesSplit(3), None, seed=0)
    assert all(trained.max() < held_out.min() for trained, held_out in splits)


def test_the_seed_decides() -> None:
    first, again, other = (split_rows(X, 3, None, seed)[0][1].tolist() for seed in (0, 0, 1))
    assert first == again != other


def test_rows_keep_their_form() -> None:
    rows = np.array([3, 1])
    x, y = take(FORMS["tensors"], rows)
    assert isinstance(x, torch.Tensor)
    assert (x[:, 0].tolist(), y.tolist()) == ([6.0, 2.0], [1, 1])
    assert isinstance(take(FORMS["array"], rows), np.ndarray)
    picked = take(FORMS["dataset"], rows)
    assert isinstance(picked, Subset)
    assert picked[0] == (3.0, 1)


BAD: dict[str, tuple[Any, ...]] = {
    "one fold": (X, 1, None, "2 to 12 folds"),
    "too many folds": (X, 13, None, "2 to 12 folds"),
    "no number": (X, "five", None, "a splitter of scikit-learn"),
    "groups of another length": (X, 3, [1, 2], "2 for 12 rows"),
    "too few groups": (X, 3, [0, 1] * 6, "does not fit 12 rows"),
    "parts of two lengths": ((X, CLASSES[:5]), 3, None, "parts of 5 and 12 rows"),
    "a number": (3.0, 3, None, "give X, or"),
    "words": ([object()] * 12, 3, None, "give X, or"),
    "an iterable dataset": (Stream(), 3, None, "no length"),
}


@pytest.mark.parametrize(("data", "folds", "groups", "said"), BAD.values(), ids=BAD)
def test_what_cannot_be_split_is_one_line(data: Any, folds: Any, groups: Any, said: str) -> None:
    with pytest.raises((BadData, BadParameter), match=said):
        split_rows(data, folds, groups, seed=0)
