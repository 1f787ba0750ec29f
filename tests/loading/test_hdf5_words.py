"""Words of HDF5 files are read, or it is said that they cannot be."""

from __future__ import annotations

from pathlib import Path

import h5py
import pytest

from gancheck.errors import BadData
from gancheck.loading.hdf5_words import read_words


@pytest.fixture
def words(tmp_path: Path) -> Path:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["labels"] = ["cat", "Käse", "=cmd()"]
    return tmp_path / "a.h5"


def test_words_come_back(words: Path) -> None:
    assert read_words(words, "labels", (3,)).tolist() == ["cat", "Käse", "=cmd()"]


def test_reading_that_does_not_end_is_given_up(words: Path) -> None:
    with pytest.raises(BadData, match=r"a\.h5: reading the words of 'labels' does not end"):
        read_words(words, "labels", (3,), patience=0.001)


def test_words_that_are_not_there_are_named(words: Path) -> None:
    with pytest.raises(BadData, match="the words of 'names' cannot be read"):
        read_words(words, "names", (3,))
