from __future__ import annotations

import struct
from pathlib import Path

import polars as pl
import pytest

from gancheck.errors import BadData
from gancheck.loading.frames import parquet_table
from gancheck.loading.parquet_probe import SHORT, footer_size, nesting_of

ONE_CHILD = b"\x15\x02"  # the type of a 32-bit number, and 1


def size(value: int) -> bytes:
    """Seven bits a byte."""
    made = b""
    while value > 127:
        made, value = made + bytes([value & 127 | 128]), value >> 7
    return made + bytes([value])


def schema(levels: int, head: bytes = b"\x19", child: bytes = ONE_CHILD) -> bytes:
    """Groups in groups, and a number in the last: fields 3 (repetition), 4 (name) and 5 (children) of each."""
    group = b"\x35\0\x18\x01a" + child + b"\0"
    column = b"\x15\x0a\x25\0\x18\x01x\0"
    return head + b"\xfc" + size(levels) + group * (levels - 1) + column


def parquet_file(place: Path, *schemas: bytes) -> Path:
    """A file without rows, by hand."""
    facts = b"\x15\x02" + b"".join(schemas) + b"\x16\0\x19\x0c\0"
    path = place / "deep.parquet"
    path.write_bytes(b"PAR1" + facts + struct.pack("<I", len(facts)) + b"PAR1")
    return path


@pytest.mark.parametrize(
    "schemas",
    [
        [schema(20_000)],
        [schema(2), schema(20_000, head=b"\x09\x04")],  # a second schema, which counts
        [schema(20_000, child=b"\x15\xfd\xff\xff\xff\x1f")],  # 1 - 2**32 children, which are 1 in 32 bits
        [schema(20_000, child=b"\x18\x02")],  # said to be a text, and read as a number
    ],
    ids=["plain", "twice", "negative", "of another type"],
)
def test_a_file_that_nests_without_end_is_refused_in_a_line(schemas: list[bytes], tmp_path: Path) -> None:
    path = parquet_file(tmp_path, *schemas)  # in this process polars would end it
    with pytest.raises(BadData, match=r"deep\.parquet nests its columns so deep .*; give one number a cell"):
        parquet_table(path)


def test_levels_are_those_of_the_deepest_column(tmp_path: Path) -> None:
    path = tmp_path / "points.parquet"
    wide = {f"column {number}": [1.0] for number in range(9)}
    pl.DataFrame({**wide, "deep": [{"a": [[1]], "b": 1.0}]}).write_parquet(path)
    assert nesting_of(path) == 4  # a group, a list, a list in it, and numbers
    assert parquet_table(path).frame.collect().height == 1
    deep: object = 1
    for _ in range(40):
        deep = [deep]
    pl.DataFrame({**wide, "deep": [deep]}).write_parquet(path)
    with pytest.raises(BadData, match=r"points\.parquet nests its columns 41 levels deep; give one number a cell"):
        parquet_table(path)


def test_a_short_footer_has_no_room_for_harm(tmp_path: Path) -> None:
    path = parquet_file(tmp_path, schema(126))
    assert footer_size(path) <= SHORT
    assert nesting_of(path) == 0
    assert parquet_table(path).frame.collect().height == 0


def test_what_is_no_parquet_file_is_left_to_the_library(tmp_path: Path) -> None:
    path = tmp_path / "cut.parquet"
    path.write_bytes(b"PAR1" * 600)
    assert nesting_of(path) == 0
    with pytest.raises(BadData):
        parquet_table(path)
