"""Labels that come in a file of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from gancheck.errors import BadData
from gancheck.loading.open import open_labels

WANTED = [2, 0, 1, 0, 2, 1, 0, 0]


@pytest.mark.parametrize("source", [WANTED, tuple(WANTED), np.array(WANTED, np.uint8), torch.tensor(WANTED)])
def test_any_array_of_integers_is_labels(source: Any) -> None:
    labels, names = open_labels(source, 8)
    assert labels.dtype == torch.int64
    assert labels.tolist() == WANTED
    assert names == ("0", "1", "2")


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"{k}\n" for k in WANTED),
        "class\n" + "\n".join(map(str, WANTED)),
        "id,label\n" + "".join(f"{n},{k}\n" for n, k in enumerate(WANTED)),
    ],
)
def test_text_files_hold_one_label_a_line(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.txt").write_text(text)
    labels, names = open_labels(tmp_path / "a.txt", 8)
    assert labels.tolist() == WANTED
    assert names == ("0", "1", "2")


def test_npy_files_hold_labels(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", WANTED)
    assert open_labels(str(tmp_path / "a.npy"), 8)[0].tolist() == WANTED


@pytest.mark.parametrize("header", ["", "kind\n"])
def test_words_become_sorted_classes(tmp_path: Path, header: str) -> None:
    words = ["eel", "cat", "dog", "cat", "eel", "dog", "cat", "cat"]
    (tmp_path / "a.csv").write_text(header + "\n".join(words) + "\n")
    labels, names = open_labels(tmp_path / "a.csv", 8)
    assert labels.tolist() == WANTED
    assert names == ("cat", "dog", "eel")


def test_gaps_in_the_numbers_are_closed_and_the_numbers_kept_as_names() -> None:
    labels, names = open_labels([30, 7, 7, 30], 4)
    assert labels.tolist() == [1, 0, 0, 1]
    assert names == ("7", "30")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ([0, 1, 0], "3 labels for 8 samples"),
        ([0, 1, -1, 0, 0, 0, 1, 1], "1 label is negative"),
        (list(range(8)), "8 different labels for 8 samples"),
        ([0.5] * 8, "one integer a sample"),
        ([[0, 2]] * 8, "one integer a sample"),
        ([["a", "b"]] * 4, "one integer a sample"),
        (np.array([None] * 8), "plain numbers"),
        (None, "plain numbers"),
        ("no-such-file.txt", "there is no"),
    ],
)
def test_labels_that_are_no_classes_are_refused(source: Any, said: str) -> None:
    with pytest.raises(BadData, match=said):
        open_labels(source, 8)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,b\n1,2\n", "none called label"),
        ("", "is empty"),
        ("1\n\n2\n", "labels|without a label"),
        ("id,label\n" + "1,\n" * 8, "without a label"),
    ],
)
def test_label_files_with_holes_are_refused(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(BadData, match=said):
        open_labels(tmp_path / "a.csv", 8)
