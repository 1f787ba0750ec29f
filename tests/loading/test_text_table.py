"""How text tables are written: headers, also of numbers, decimal commas, cells that stand in columns."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

import gancheck as gc
from gancheck.errors import BadData
from gancheck.loading.open import open_labels, open_samples
from gancheck.loading.samples import Samples

RNG = np.random.default_rng(0)
NUMBERS = RNG.normal(size=(400, 3)) * [1, 10, 100]


def read(path: Path, text: str, like: Samples | None = None) -> Samples:
    path.write_text(text)
    return open_samples(path, like=like)


def said(samples: Samples, words: str) -> bool:
    return any(words in note for note in samples.notes)


@pytest.mark.parametrize(
    "first",
    ["0,1,2", "0.0,1.0,2.0", "1,2,3", "10,20,30", '"7","3","9"', "V1,V2,V3", '"a","b","c"'],
)
def test_a_header_of_numbers_is_no_sample(tmp_path: Path, first: str) -> None:
    rows = "\n".join(",".join(map(str, row)) for row in NUMBERS)
    opened = read(tmp_path / "a.csv", f"{first}\n{rows}\n")
    assert opened.count == 400
    assert said(opened, "is its header")


def test_wavelengths_along_the_first_row_are_its_header(tmp_path: Path) -> None:
    spectra = RNG.normal(size=(50, 40))
    rows = "\n".join(",".join(map(str, row)) for row in [400 + 2.5 * np.arange(40) ** 1.1, *spectra])
    assert read(tmp_path / "a.csv", rows).count == 50


def test_a_first_row_that_repeats_the_names_of_the_reference_is_a_header(tmp_path: Path) -> None:
    reference = open_samples(pl.DataFrame({"1990": NUMBERS[:, 0], "1970": NUMBERS[:, 1]}))
    opened = read(tmp_path / "a.csv", "1970,1990\n1.5,2.5\n", reference)
    assert opened.take(9).tolist() == [[2.5, 1.5]]


@pytest.mark.parametrize("text", ["1,2\n3,4\n5,6\n", "1,2,3\n2,3,4\n3,4,5\n", "0.5,1,2\n1,2,0.25\n0.5,1,2\n"])
def test_samples_of_whole_numbers_are_no_header(tmp_path: Path, text: str) -> None:
    assert read(tmp_path / "a.csv", text).count == 3


def test_a_numeric_header_does_not_ruin_the_metrics(tmp_path: Path) -> None:
    wide = RNG.normal(size=(400, 30))
    rows = [",".join(map(str, range(30))), *(",".join(map(str, row)) for row in wide)]
    (tmp_path / "a.csv").write_text("\n".join(rows))
    assert abs(gc.score(tmp_path / "a.csv", reference=RNG.normal(size=(800, 30)), metrics="kid").values["kid"]) < 0.1


@pytest.mark.parametrize("mark", [";", "\t", " ", "|"])
def test_decimal_commas_are_points(tmp_path: Path, mark: str) -> None:
    text = f"a{mark}b\n1,5{mark}2,25\n-3,0{mark}4\n"
    opened = read(tmp_path / "a.csv", text)
    assert opened.take(9).tolist() == [[1.5, 2.25], [-3, 4]]
    assert said(opened, "decimal commas")
    assert read(tmp_path / "b.csv", text.partition("\n")[2]).take(9).tolist() == [[1.5, 2.25], [-3, 4]]


def test_cells_that_stand_in_columns_are_read(tmp_path: Path) -> None:
    assert read(tmp_path / "a.txt", "  1.5   -2.25\n -3.0    4.0\n").take(9).tolist() == [[1.5, -2.25], [-3, 4]]


@pytest.mark.parametrize("mark", [" ", ",", "\t"])
def test_names_behind_the_mark_of_a_comment_are_a_header(tmp_path: Path, mark: str) -> None:
    names = ["a", "b", "c"]
    np.savetxt(tmp_path / "a.txt", NUMBERS, header=mark.join(names), delimiter=mark)
    opened = open_samples(tmp_path / "a.txt")
    assert opened.columns == ("a", "b", "c")
    np.testing.assert_array_equal(opened.take(400).numpy(), NUMBERS)
    assert said(opened, "columns named after the comment")


@pytest.mark.parametrize("names", ["", "a,b\n", "# a,b\n"])
def test_comments_before_the_data_are_left_out_and_said(tmp_path: Path, names: str) -> None:
    opened = read(tmp_path / "a.csv", f"# made by me\n\n#\n{names}1.5,2.5\n#N/A,7\n3,4\n")
    assert opened.take(9).tolist() == [[1.5, 2.5], [3, 4]]
    assert opened.columns == (("a", "b") if names else ())
    assert said(opened, "comments before the data left out: made by me")


def test_comments_before_cells_in_columns_are_left_out(tmp_path: Path) -> None:
    opened = read(tmp_path / "a.txt", "#   u    v\n# of run 12, long ago\n  1.5   2.5\n  3.0  4.0\n")
    assert (opened.columns, opened.take(9).tolist()) == (("u", "v"), [[1.5, 2.5], [3, 4]])


@pytest.mark.parametrize("words", ["made by me", "units: m m s.", "x x y"])
def test_sentences_with_as_many_words_as_cells_are_no_header(tmp_path: Path, words: str) -> None:
    opened = read(tmp_path / "a.txt", f"# {words}\n1.5 2.5 0.5\n3 4 5\n-1 0.5 2\n")
    assert (opened.columns, opened.count) == ((), 3)
    assert said(opened, f"comments before the data left out: {words}")


def test_a_header_from_a_comment_is_said(tmp_path: Path) -> None:
    opened = read(tmp_path / "a.txt", "# x y z\n1.5 2.5 0.5\n3 4 5\n")
    assert opened.columns == ("x", "y", "z")
    assert said(opened, "columns named after the comment '# x y z'")


def test_comments_before_labels_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("# mine, of May\n# name,label\nx,cat\ny,dog\nz,cat\nw,dog\n")
    assert open_labels(tmp_path / "a.csv", 4)[0].tolist() == [0, 1, 0, 1]


@pytest.mark.parametrize(("coding", "told"), [("utf-16", "UTF-16"), ("latin-1", "not written in UTF-8")])
def test_text_in_another_coding_asks_for_utf_8(tmp_path: Path, coding: str, told: str) -> None:
    (tmp_path / "a.csv").write_bytes("u,v\n1,x\n2,é\n".encode(coding))
    with pytest.raises(BadData, match=rf"a.csv is .*{told}; save it as UTF-8$"):
        open_samples(tmp_path / "a.csv")


def test_another_coding_far_down_is_seen_too(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(("u,v\n" + "1,x\n" * 5_000 + "2,é\n").encode("latin-1"))
    with pytest.raises(BadData, match=r"a.csv is not written in UTF-8; save it as UTF-8$"):
        open_samples(tmp_path / "a.csv")


def test_a_comma_too_many_names_its_line(tmp_path: Path) -> None:
    with pytest.raises(BadData, match=r"a.csv: line 4 has 3 cells, the first row 2; take away a mark too many"):
        read(tmp_path / "a.csv", "u,v\n\n1,2\n3,4,\n")
