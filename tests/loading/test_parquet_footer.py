from __future__ import annotations

import struct
from contextlib import suppress
from pathlib import Path
from random import Random

import polars as pl
import pytest

from gancheck.errors import BadData
from gancheck.loading.frames import parquet_table
from gancheck.loading.parquet_footer import nesting_of


def frame_file(place: Path, **columns: object) -> Path:
    path = place / "points.parquet"
    pl.DataFrame(columns).write_parquet(path)
    return path


def size(value: int) -> bytes:
    """Seven bits a byte."""
    made = b""
    while value > 127:
        made, value = made + bytes([value & 127 | 128]), value >> 7
    return made + bytes([value])


def nested_file(place: Path, levels: int) -> Path:
    """A parquet file without rows, by hand: groups in groups, and a number in the last."""
    group = b"\x48\x01a\x15\x02\0"  # a name (field 4), and one child (field 5)
    column = b"\x15\x0a\x38\x01x\0"  # a type (field 1), and a name
    schema = b"\x19\xfc" + size(levels) + group * (levels - 1) + column
    facts = b"\x15\x02" + schema + b"\x16\0\x19\x0c\0"
    path = place / "deep.parquet"
    path.write_bytes(b"PAR1" + facts + struct.pack("<I", len(facts)) + b"PAR1")
    return path


@pytest.mark.parametrize(
    ("column", "levels"),
    [
        ([1.0, 2.0], 1),
        (["a", None], 1),
        ([[1.0], []], 3),  # a list is a group, a repeated group in it, and what it holds
        ([[[1.0]], [[]]], 5),
        ([{"a": 1.0}, {"a": 2.0}], 2),
        ([{"a": {"b": [1]}}, None], 5),
    ],
)
def test_levels_are_those_of_the_deepest_column(column: list[object], levels: int, tmp_path: Path) -> None:
    path = frame_file(tmp_path, first=[1.0, 2.0], deep=column, last=[1, 2])
    assert nesting_of(path) == levels
    assert parquet_table(path).frame.collect().height == 2


def test_truths_dates_and_metadata_are_passed_over(tmp_path: Path) -> None:
    dates = pl.Series([1, 2]).cast(pl.Datetime("us", "UTC"))
    path = frame_file(
        tmp_path, truth=[True, False], date=dates, money=pl.Series(["1.25", "2.5"]).cast(pl.Decimal(9, 2))
    )
    assert nesting_of(path) == 1


@pytest.mark.parametrize("levels", [66, 30_000])
def test_a_file_that_nests_without_end_is_refused_in_a_line(levels: int, tmp_path: Path) -> None:
    path = nested_file(tmp_path, levels)  # polars would end the process
    with pytest.raises(BadData, match=rf"deep.parquet nests its columns {levels - 1:,} levels deep; give"):
        parquet_table(path)


def test_a_damaged_footer_is_a_number_or_one_line(tmp_path: Path) -> None:
    path, luck = frame_file(tmp_path, x=[1.0], lists=[[1]]), Random(0)
    whole = path.read_bytes()
    length = int.from_bytes(whole[-8:-4], "little")
    for _ in range(500):
        at = luck.randrange(len(whole) - 8 - length, len(whole))
        path.write_bytes(whole[:at] + luck.randbytes(1) + whole[at + 1 :])
        with suppress(BadData):
            assert nesting_of(path) >= 0


def test_what_does_not_end_as_parquet_is_left_to_the_library(tmp_path: Path) -> None:
    path = tmp_path / "cut.parquet"
    path.write_bytes(b"PAR1")
    assert nesting_of(path) == 0
    with pytest.raises(BadData):
        parquet_table(path)
