"""A few hundred broken and hostile files, of a fixed seed; the committed table is of many more."""

from __future__ import annotations

import os
import pickle
import tempfile
from pathlib import Path

import polars as pl
import pytest

from benchmarks.fuzz.__main__ import HERE
from benchmarks.fuzz.cases import KINDS, Cases, judge_reading, read_once
from benchmarks.fuzz.guard import guarded
from benchmarks.fuzz.readers import READERS, Reader
from benchmarks.fuzz.tally import COLUMNS, tally_of
from gancheck.errors import BadData

EACH = len(KINDS)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", READERS)
def test_every_file_gives_a_result_or_one_clear_line(name: str, tmp_path: Path) -> None:
    cases, first = Cases(READERS[name], EACH, 7, tmp_path), [*READERS].index(name) % 3
    judged = [cases.judge(number) for number in range(first, EACH, 3)]  # a third of the kinds, by turns
    assert [case for case in judged if case.outcome == "fault"] == []


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", READERS)
def test_the_valid_file_is_read(name: str, tmp_path: Path) -> None:
    reader = READERS[name]
    (tmp_path / "valid").mkdir()
    reader.write(tmp_path / "valid" / reader.file)
    assert read_once(reader, tmp_path / "valid" / reader.file) == ("result", "")


@pytest.mark.filterwarnings("ignore")
def test_a_temporary_folder_that_was_left_before_is_no_fault_of_a_case(tmp_path: Path) -> None:
    left: list[object] = [tempfile.TemporaryDirectory(dir=tmp_path)]
    left.append(left)
    del left
    with guarded(tmp_path / "case") as watch:
        assert [[] for _ in range(100_000)]  # so much that garbage is looked for
    assert watch.seen == []


def write_beside(path: Path) -> None:
    (path.parents[1] / "beside").write_text("")


def take_memory(path: Path) -> None:
    raise BadData("does not fit") from MemoryError()


def unpickle(path: Path) -> None:
    pickle.loads(pickle.dumps(Path("a")))


def print_traceback(path: Path) -> None:
    os.write(2, b"Traceback (most recent call last):\n")


def say_nothing(path: Path) -> None:
    raise BadData("")


def run_command(path: Path) -> None:
    os.system("true")


@pytest.mark.parametrize("read", [write_beside, take_memory, unpickle, print_traceback, say_nothing, run_command])
def test_the_judge_sees_what_a_reader_must_not_do(read: object, tmp_path: Path) -> None:
    (tmp_path / "case").mkdir()
    assert judge_reading(Reader("r", "a", str, read), tmp_path / "case")[0] == "fault"  # type: ignore[arg-type]


def test_the_same_seed_gives_the_same_files(tmp_path: Path) -> None:
    one, other = (Cases(READERS["labels .txt"], EACH, 3, tmp_path / part) for part in ("a", "b"))
    assert [one.strike(n) for n in range(EACH) if n != 1] == [other.strike(n) for n in range(EACH) if n != 1]


def test_cases_are_counted_by_kind() -> None:
    (row,) = tally_of("r", [("cut short", "refused"), ("cut short", "result"), ("cut short", "refused")])
    assert (row.cases, row.results, row.refused, row.faults) == (3, 1, 2, 0)


def test_the_committed_table_has_every_reader_and_no_fault() -> None:
    table = pl.read_csv(HERE / "fuzz.csv")
    assert table.columns == list(COLUMNS)
    assert set(table["reader"]) == set(READERS)
    assert table["faults"].sum() == 0
    assert f"{table['cases'].sum():,} cases" in (HERE / "README.md").read_text(encoding="utf-8")
