"""Points from .csv and .parquet."""

from __future__ import annotations

import os
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import torch

from gancheck.errors import BadData
from gancheck.loading.open import open_samples

POINTS = np.random.default_rng(0).normal(size=(30, 2))


def frame(**more: list[object]) -> pl.DataFrame:
    return pl.DataFrame({"u": POINTS[:, 0], "v": POINTS[:, 1], **more})


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_numeric_columns_are_coordinates(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    frame().write_csv(path) if suffix == "csv" else frame().write_parquet(path)
    opened = open_samples(path)
    assert (opened.shape, opened.count, opened.labels) == ((2,), 30, None)
    np.testing.assert_array_equal(opened.take(30).numpy(), POINTS)


@pytest.mark.parametrize("mark", [",", ";", "\t", " "])
@pytest.mark.parametrize("header", [True, False])
def test_text_tables_have_any_usual_separator_and_a_header_or_none(tmp_path: Path, mark: str, header: bool) -> None:
    np.savetxt(tmp_path / "a.csv", POINTS, delimiter=mark, header=f"u{mark}v" if header else "", comments="")
    opened = open_samples(tmp_path / "a.csv")
    np.testing.assert_allclose(opened.take(99).numpy(), POINTS, rtol=0)
    assert any("no header" in note for note in opened.notes) != header


def test_a_byte_order_mark_is_no_header(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("\ufeff1,2\n3,4\n5,6\n", encoding="utf-8")
    assert open_samples(tmp_path / "a.csv").take(9).tolist() == [[1, 2], [3, 4], [5, 6]]


def test_a_late_fraction_does_not_confuse_the_types(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("u,v\n" + "1,2\n" * 20_000 + "0.5,1e3\n")
    assert open_samples(tmp_path / "a.csv").take(20_001)[-1].tolist() == [0.5, 1000.0]


@pytest.mark.parametrize("first", ["0,1", ",0,1"])
def test_the_header_that_pandas_makes_up_is_no_sample(tmp_path: Path, first: str) -> None:
    rows = "0.5,1.5\n2.5,3.5\n" if first == "0,1" else "0,0.5,1.5\n1,2.5,3.5\n"
    (tmp_path / "a.csv").write_text(f"{first}\n{rows}")
    assert open_samples(tmp_path / "a.csv").take(9).tolist() == [[0.5, 1.5], [2.5, 3.5]]


@pytest.mark.parametrize("name", ["label", "Labels", "mode", "y"])
@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_column_of_labels_is_no_coordinate(tmp_path: Path, name: str, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    table = frame(**{name: [k % 3 for k in range(30)]})
    table.write_csv(path) if suffix == "csv" else table.write_parquet(path)
    opened = open_samples(path)
    assert opened.shape == (2,)
    assert opened.labels is not None
    assert opened.labels.tolist() == [k % 3 for k in range(30)]


def test_text_labels_are_numbered_in_alphabetical_order(tmp_path: Path) -> None:
    frame(label=["dog", "cat", "eel"] * 10).write_csv(tmp_path / "a.csv")
    opened = open_samples(tmp_path / "a.csv")
    assert opened.labels is not None
    assert opened.labels[:3].tolist() == [1, 0, 2]
    assert any("cat, dog, eel" in note for note in opened.notes)


@pytest.mark.parametrize("names", [("x", "y"), ("a", "y")])
def test_y_is_a_coordinate_beside_x_or_with_fractions(tmp_path: Path, names: tuple[str, str]) -> None:
    values = np.round(POINTS * 10) if names[0] == "x" else POINTS
    dtype = int if names[0] == "x" else float
    pl.DataFrame(dict(zip(names, values.astype(dtype).T, strict=True))).write_csv(tmp_path / "a.csv")
    opened = open_samples(tmp_path / "a.csv")
    assert opened.labels is None
    np.testing.assert_array_equal(opened.take(30).numpy(), values.astype(dtype))


def test_row_numbers_as_pandas_writes_them_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(",u,v\n0,1.5,2\n1,3.5,4\n")
    opened = open_samples(tmp_path / "a.csv")
    assert opened.take(9).tolist() == [[1.5, 2.0], [3.5, 4.0]]
    assert any("row numbers" in note for note in opened.notes)


def test_float32_columns_stay_float32(tmp_path: Path) -> None:
    frame().cast(pl.Float32).write_parquet(tmp_path / "a.parquet")
    assert open_samples(tmp_path / "a.parquet").take(3).dtype == torch.float32


def test_frames_in_memory_are_read_like_files() -> None:
    opened = open_samples(frame(label=[0, 1] * 15))
    assert opened.shape == (2,)
    assert opened.labels is not None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name\na\nb\nc\n", "no column of numbers or categories .*'name' left out"),
        (",".join(["1"] * 600_000), "longer than a megabyte"),
        ("u,v\n1,2\n3\n,4\n", "2 of 3 rows have missing cells"),
        ("u,v\n1,2\n3,4,5\n", "line 3 has 3 cells, the first row 2"),
        ("u,v\n1,nan\n3,inf\n5,6\n", "1 of 2 samples have NaN"),
        ("u,v\n", "no samples|not numeric"),
        ("label\n1\n2\n", "no column of numbers"),
        ("just some prose about nothing", "no samples"),
    ],
)
def test_tables_that_are_no_points_are_refused(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(BadData, match=said) as caught:
        open_samples(tmp_path / "a.csv")
    assert "\n" not in str(caught.value)


def test_a_column_of_lists_is_refused_by_name(tmp_path: Path) -> None:
    pl.DataFrame({"embedding": [[1.0, 2.0], [3.0, 4.0]]}).write_parquet(tmp_path / "a.parquet")
    with pytest.raises(BadData, match="'embedding' not numeric"):
        open_samples(tmp_path / "a.parquet")


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_large_tables_are_scanned_batch_by_batch(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    table = pl.DataFrame({"u": np.arange(300_000) / 7, "v": np.ones(300_000)})
    table.write_csv(path) if suffix == "csv" else table.write_parquet(path)
    opened = open_samples(path)
    sizes = [len(batch) for batch in opened.stream()]
    assert sum(sizes) == 300_000
    assert max(sizes) <= 70_000
    tracemalloc.start()
    taken = opened.take(300_000)
    assert tracemalloc.get_traced_memory()[1] < 4 * 2**20
    tracemalloc.stop()
    np.testing.assert_allclose(taken[:, 0].numpy(), np.arange(300_000) / 7)


def test_a_parquet_file_whose_decoder_fails_on_the_way_is_refused_without_a_word_beside(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.parquet"
    pl.DataFrame({"a": [0.5, 1.5], "b": [1.0, 2.0]}).write_parquet(path)
    whole, batches = path.read_bytes(), pl.LazyFrame.collect_batches

    def fail_silently(frame: pl.LazyFrame, **how: Any) -> Any:
        os.write(2, b"thread panicked at decoder.rs\n")
        return list(batches(frame, **how))[:0]

    monkeypatch.setattr(pl.LazyFrame, "collect_batches", fail_silently)
    with pytest.raises(BadData, match=r"of 2 rows 0 can be read: the file is damaged"):
        open_samples(path)
    assert capfd.readouterr().err == ""
    assert path.read_bytes() == whole
