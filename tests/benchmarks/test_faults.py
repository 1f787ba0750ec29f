"""The fault table: what a power cut leaves, how it goes on, and the page that it makes."""

from __future__ import annotations

import os
from pathlib import Path
from random import Random

import pytest

from benchmarks.faults.__main__ import begin_table, parse
from benchmarks.faults.page import page
from benchmarks.faults.power import WriteJournal, lose_unsynced
from benchmarks.faults.soak import Lap, judge, write
from benchmarks.faults.tally import Table
from gancheck.system.files import replacing, write_text


class Unlucky(Random):
    """Everything that may be lost is."""

    def random(self) -> float:
        return 0.0

    def randint(self, a: int, b: int) -> int:
        return a


@pytest.fixture
def journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WriteJournal:
    """Notes what this process does to the disk."""
    for name in ("fsync", "replace"):
        monkeypatch.setattr(os, name, getattr(os, name))
    journal = WriteJournal(tmp_path / "journal")
    journal.record()
    return journal


def test_what_was_written_is_there_after_a_power_cut(tmp_path: Path, journal: WriteJournal) -> None:
    folder = tmp_path / "runs"
    write_text(folder / "a", "first")
    write_text(folder / "a", "second")
    with replacing(folder / "b") as part:
        part.write_text("half")
        lose_unsynced(folder, journal, set(), Unlucky())
        assert part.read_text() == ""
    assert {path.name: path.read_text() for path in folder.iterdir()} == {"a": "second", "b": ""}


def test_a_rename_that_was_not_synced_is_undone(tmp_path: Path, journal: WriteJournal) -> None:
    folder = tmp_path / "runs"
    write_text(folder / "a", "first")
    (folder / "part").write_text("second")
    os.replace(folder / "part", folder / "a")
    lose_unsynced(folder, journal, set(), Unlucky())
    assert {path.name: path.read_text() for path in folder.iterdir()} == {"a": "first", "part": ""}


def test_a_table_goes_on_where_it_was_broken_off_and_makes_its_page(tmp_path: Path) -> None:
    table = Table(seed=3, command="python -m benchmarks.faults --seed 3", about={"cores": 2})
    tally = table.of("SIGTERM")
    tally.tried, tally.met, tally.folders, tally.seconds = 4, 3, 2, 6.0
    table.write(tmp_path)
    assert Table.read(tmp_path) == table
    assert "| SIGTERM | 4 | 3 | 0 | 2 | yes | 0 | 1.5 |" in page(table)
    tally.boards_differ = 1
    assert "| SIGTERM | 4 | 3 | 0 | 2 | no | 0 | 1.5 |" in page(table)


@pytest.mark.parametrize(("growth", "flat"), [(0.0, True), (0.05, True), (0.5, False)])
def test_memory_that_grows_lap_by_lap_is_told_from_one_that_wobbles(growth: float, flat: bool, tmp_path: Path) -> None:
    luck = Random(0)
    laps = [Lap(i, 1.0, 300 + 50 * (i < 5) + growth * i + luck.uniform(-1, 1), 20, 4, 3, 1) for i in range(60)]
    growths = judge(laps)
    assert [found.name for found in growths if not found.is_flat] == [] if flat else ["mebibytes"]
    write(laps, growths, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"soak.csv", "soak.png", "soak.md"}
    assert not judge(laps[:10])


def test_a_table_goes_on_by_the_command_that_began_it(tmp_path: Path) -> None:
    begun = begin_table(parse(["--seed", "3", "--only", "SIGTERM", "--results", str(tmp_path)]))
    begun.write(tmp_path)
    assert begin_table(parse(["--seed", "3", "--only", "SIGTERM", "--results", str(tmp_path), "--resume"])) == begun
    with pytest.raises(SystemExit, match=r"goes on with: python -m benchmarks.faults --seed 3 --only SIGTERM --resume"):
        begin_table(parse(["--results", str(tmp_path), "--resume"]))
