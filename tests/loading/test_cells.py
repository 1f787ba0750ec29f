"""What the cells of a table hold: words, truths, gaps, decimal commas; and labels in any form."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import gancheck as gc
from gancheck.errors import BadData
from gancheck.loading.open import open_labels, open_samples
from gancheck.loading.samples import Samples

RNG = np.random.default_rng(0)


def read(path: Path, text: str, like: Samples | None = None) -> Samples:
    path.write_text(text)
    return open_samples(path, like=like)


def said(samples: Samples, words: str) -> bool:
    return any(words in note for note in samples.notes)


def test_spaces_after_the_comma_do_no_harm(tmp_path: Path) -> None:
    opened = read(tmp_path / "a.csv", "age, job\n" + "1.5, cook\n2.5, smith\n" * 5)
    assert opened.columns == ("age", "job=cook", "job=smith")
    assert opened.take(2).tolist() == [[1.5, 1, 0], [2.5, 0, 1]]


@pytest.mark.parametrize("gap", ["", "NA", "N/A", "n/a", "?", "-", "NULL", "null", ".", "nan", "NaN", "None", " ? "])
@pytest.mark.parametrize("place", [0, 1])
def test_rows_with_missing_cells_are_left_out_and_counted(tmp_path: Path, gap: str, place: int) -> None:
    bad = [gap, "red"] if place == 0 else ["5", gap]
    opened = read(tmp_path / "a.csv", "size,colour\n1,red\n" + ",".join(bad) + "\n3,blue\n4,red\n1,blue\n")
    assert opened.take(9).tolist() == [[1, 0, 1], [3, 1, 0], [4, 0, 1], [1, 1, 0]]
    assert said(opened, "1 of 5 rows left out: cells are missing")


def test_labels_of_rows_with_missing_cells_go_too(tmp_path: Path) -> None:
    opened = read(tmp_path / "a.csv", "u,label\n1,0\n,1\n3,\n4,1\n5,0\n")
    assert opened.take(9).tolist() == [[1], [4], [5]]
    assert opened.labels is not None
    assert opened.labels.tolist() == [0, 1, 0]


def test_labels_of_their_own_file_go_with_the_rows_that_are_kept() -> None:
    table = pl.DataFrame({"u": np.r_[RNG.normal(size=300), RNG.normal(9, 1, 300)], "v": [None, *range(599)]})
    labels = [0] * 300 + [1] * 300
    scores = gc.score(RNG.normal(size=(300, 2)), reference=table, labels=labels, metrics="fid")
    assert scores.facts["modes"] == 2


def test_an_empty_column_is_left_out_and_said(tmp_path: Path) -> None:
    opened = read(tmp_path / "a.csv", "u,v,w\n1.5,,\n2.5,,7\n3.5,,8\n")
    assert opened.columns == ("u", "w")
    assert said(opened, "'v' left out (empty)")


def test_a_column_that_is_mostly_missing_is_left_out_and_said(tmp_path: Path) -> None:
    opened = read(tmp_path / "a.csv", "u,v\n1.5,\n2.5,\n3.5,9\n")
    assert opened.columns == ("u",)
    assert said(opened, "'v' left out (more than half missing)")


def test_a_few_words_in_a_column_of_numbers_are_missing_cells(tmp_path: Path) -> None:
    opened = read(tmp_path / "a.csv", "u\n" + "1.5\n2.5\n" * 20 + "unknown\n")
    assert (opened.count, opened.shape) == (40, (1,))
    assert said(opened, "words among numbers taken for missing cells: 1 in 'u'")


@pytest.mark.parametrize("words", [("true", "false"), ("True", "False"), ("TRUE", "FALSE")])
def test_true_and_false_are_one_and_zero(tmp_path: Path, words: tuple[str, str]) -> None:
    opened = read(tmp_path / "a.csv", f"u,flag\n1,{words[0]}\n2,{words[1]}\n")
    assert opened.columns == ("u", "flag")
    assert opened.take(2).tolist() == [[1, 1], [2, 0]]


def test_arrays_of_true_and_false_are_one_and_zero() -> None:
    bits = RNG.random((40, 5)) < 0.5
    np.testing.assert_array_equal(open_samples(bits).take(40).numpy(), bits.astype(float))


def test_categories_are_those_of_the_reference_in_samples(tmp_path: Path) -> None:
    reference = open_samples(pl.DataFrame({"size": [1.0, 2.0, 3.0] * 9, "colour": ["red", "blue", "green"] * 9}))
    opened = read(tmp_path / "a.csv", "colour,size\nred,1\npink,2\nblue,3\n", reference)
    assert opened.columns == reference.columns == ("size", "colour=blue", "colour=green", "colour=red")
    assert opened.take(3).tolist() == [[1, 0, 0, 1], [2, 0, 0, 0], [3, 1, 0, 0]]
    assert said(opened, "'colour': 1 row holds none of the reference's (pink)")


def test_categories_written_as_numbers_match_the_words_of_the_reference() -> None:
    reference = open_samples(pl.DataFrame({"u": [1.5] * 30, "grade": ["1", "2", "a"] * 10}))
    opened = open_samples(pl.DataFrame({"u": [1.5, 1.5], "grade": [2, 1]}), like=reference)
    assert opened.take(2).tolist() == [[1.5, 0, 1, 0], [1.5, 1, 0, 0]]


def test_words_where_the_reference_has_numbers_are_refused() -> None:
    reference = open_samples(pl.DataFrame({"u": [1.5] * 30, "grade": [1, 2, 3] * 10}))
    with pytest.raises(BadData, match=r"column 'grade' holds words, such as 'best'; in the reference it holds numbers"):
        open_samples(pl.DataFrame({"u": [1.5] * 4, "grade": ["best", "good"] * 2}), like=reference)


def test_the_rarest_of_many_categories_are_none_and_said() -> None:
    words = [f"w{k % 150:03d}" for k in range(3_000)] + ["w000"] * 5
    opened = open_samples(pl.DataFrame({"u": np.arange(3_005) / 7, "city": words}))
    assert opened.shape == (101,)
    assert said(opened, "1,000 rows hold its rarest")


def test_a_lost_category_is_found() -> None:
    def table(shares: list[float]) -> pl.DataFrame:
        return pl.DataFrame({"u": RNG.normal(size=2_000), "kind": RNG.choice(["a", "b", "c"], 2_000, p=shares)})

    scores = gc.score(table([0.7, 0.3, 0]), reference=table([0.4, 0.3, 0.3]), modes="kind", metrics="fid")
    assert (scores.verdict, scores.facts["modes"]) == ("dropped-modes", 3)
    assert "c" in scores.reason.partition(":")[2]


def test_dates_are_left_out_and_said() -> None:
    days = pl.date_range(pl.date(2020, 1, 1), pl.date(2020, 1, 30), eager=True)
    opened = open_samples(pl.DataFrame({"u": np.arange(30) / 7, "day": days}))
    assert opened.columns == ("u",)
    assert said(opened, "'day' left out (dates")


WANTED = [2, 0, 1, 0, 2, 1, 0, 0]


@pytest.mark.parametrize(
    "labels",
    [
        np.array(WANTED)[:, None],
        np.array(WANTED, float),
        np.array(WANTED, np.float16)[:, None],
        np.eye(3)[WANTED],
        np.eye(3, dtype=bool)[WANTED],
        pl.Series(WANTED),
    ],
)
def test_labels_come_in_any_form(labels: Any, tmp_path: Path) -> None:
    assert open_labels(labels, 8)[0].tolist() == WANTED
    np.save(tmp_path / "a.npy", np.asarray(labels))
    assert open_labels(tmp_path / "a.npy", 8)[0].tolist() == WANTED
    x = RNG.normal(size=(8, 2))
    np.savez(tmp_path / "a.npz", x=x, labels=np.asarray(labels))
    for source in (tmp_path / "a.npz", {"x": x, "labels": np.asarray(labels)}):
        opened = open_samples(source)
        assert opened.labels is not None
        assert opened.labels.tolist() == WANTED


@pytest.mark.parametrize(
    "labels", [np.array(list("cabacbaa")), np.array(list("cabacbaa"), dtype=object), list("cabacbaa")]
)
def test_words_are_labels(labels: Any) -> None:
    label, names = open_labels(labels, 8)
    assert label.tolist() == WANTED
    assert names == ("a", "b", "c")


def test_true_and_false_are_labels() -> None:
    assert open_labels([True, False, True, True], 4)[1] == ("False", "True")


def test_words_in_an_npz_are_classes(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x=RNG.normal(size=(4, 2)), labels=np.array(["eel", "cat", "cat", "eel"]))
    opened = open_samples(tmp_path / "a.npz")
    assert opened.classes == ("cat", "eel")


@pytest.mark.parametrize(
    "text",
    ["1,0,0\n0,1,0\n0,0,1\n0,1,0\n" * 2, "a,b,c\n" + "1,0,0\n0,1,0\n0,0,1\n0,1,0\n" * 2, "0.0\n1.0\n2.0\n1.0\n" * 2],
)
def test_label_files_hold_one_hot_rows_or_whole_floats(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.csv").write_text(text)
    assert open_labels(tmp_path / "a.csv", 8)[0].tolist() == [0, 1, 2, 1] * 2


@pytest.mark.parametrize("values", [RNG.normal(size=400), RNG.integers(0, 195, 400), RNG.normal(size=(400, 3))])
def test_an_array_y_that_a_regression_predicts_is_left_out_and_said(tmp_path: Path, values: Any) -> None:
    np.savez(tmp_path / "a.npz", x=RNG.normal(size=(400, 2)), y=values)
    opened = open_samples(tmp_path / "a.npz")
    assert opened.labels is None
    assert said(opened, "array 'y' left out")
