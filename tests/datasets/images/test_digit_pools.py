from __future__ import annotations

import sys
from itertools import combinations
from pathlib import Path

import pytest
import torch
from sklearn.datasets import load_digits

from gancheck.datasets.images import digit_pools
from gancheck.datasets.images.digit_pools import SPLIT, digits, read_digits


def contents(pool: str) -> set[bytes]:
    return {image.numpy().tobytes() for image in digits(pool).x}


def test_no_image_is_in_two_pools() -> None:
    for one, two in combinations(SPLIT, 2):
        assert not contents(one) & contents(two)


def test_pools_together_are_all_digits_of_scikit_learn() -> None:
    data = load_digits()
    expected = {
        (image.astype("float32") / 8 - 1).tobytes(): int(y) for image, y in zip(data.images, data.target, strict=True)
    }
    ours = {image.numpy().tobytes(): int(y) for name in SPLIT for image, y in zip(*digits(name), strict=True)}
    assert len(expected) == 1_797  # no image comes twice
    assert ours == expected


def test_every_pool_holds_each_class_equally_often() -> None:
    sizes = {name: torch.bincount(digits(name).y).unique().tolist() for name in SPLIT if name != "spare"}
    assert sizes == {"train": [80], "calibration": [31], "reference": [31], "real": [32]}


def test_values_span_the_declared_range() -> None:
    x = digits("train").x
    assert (x.min().item(), x.max().item()) == (-1, 1)


def test_the_package_is_not_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)  # an import raises
    assert len(read_digits()[0]) == 1_797


def test_another_file_of_scikit_learn_is_left_to_scikit_learn(monkeypatch: pytest.MonkeyPatch) -> None:
    images, classes = read_digits()
    monkeypatch.setattr(digit_pools, "FILE", Path("datasets", "data", "iris.csv"))
    others, same = read_digits()
    assert (others == images).all()
    assert (same == classes).all()
