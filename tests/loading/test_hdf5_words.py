"""Words of HDF5 files are read, or it is said that they cannot be."""

from __future__ import annotations

import sys
from pathlib import Path

import h5py
import numpy as np
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


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not hold this bound")
def test_words_that_take_more_memory_than_the_file_explains_are_given_up(tmp_path: Path) -> None:
    path, count = tmp_path / "a.h5", 2_000
    with h5py.File(path, "w") as file:
        place = file.create_dataset("labels", data=["x" * 2**20, *["y"] * (count - 1)]).id.get_offset()
    content = np.fromfile(path, np.uint8)
    cells = content[place : place + 16 * count].reshape(count, 16)  # how long each word is, and where it stands
    cells[:] = cells[0]
    content.tofile(path)
    with pytest.raises(BadData, match=r"the words of 'labels' .*memory"):
        read_words(path, "labels", (count,))


def test_a_word_that_would_widen_all_others_beyond_reason_is_refused(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["labels"] = ["x" * 2**18, *["y"] * 20_000]
    with pytest.raises(BadData, match="the longest word of 'labels' is too long"):
        read_words(tmp_path / "a.h5", "labels", (20_001,))


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not hold this bound")
def test_what_libraries_hold_on_many_cores_is_not_counted(words: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gancheck.loading.hdf5_words.BASE", 2**26)  # less than they take before anything is read
    assert len(read_words(words, "labels", (3,))) == 3


def test_many_words_are_within_their_memory(tmp_path: Path) -> None:
    words = ["\u00e4" * 30, "", "one"] * 50_000
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["labels"] = words
    assert read_words(tmp_path / "a.h5", "labels", (150_000,)).tolist() == words
