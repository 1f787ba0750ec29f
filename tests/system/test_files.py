"""Files appear whole or not at all."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from gancheck.errors import StoreError
from gancheck.system.files import alive, replacing, sweep, write_text


def test_a_file_appears_whole_when_the_block_ends(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "a.txt"
    with replacing(path) as part:
        part.write_text("half")
        assert not path.exists()
        part.write_text("whole")
    assert path.read_text() == "whole"
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_an_interrupted_write_leaves_what_was_there(tmp_path: Path, error: type[BaseException]) -> None:
    path = tmp_path / "a.txt"
    path.write_text("before")

    def write() -> None:
        with replacing(path) as part:
            part.write_text("half")
            raise error

    with pytest.raises(error):
        write()
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_is_one_line_and_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("before")
    with (
        pytest.raises(StoreError, match=r"cannot write .*a\.txt: No space left on device; free space"),
        replacing(path),
        Path("/dev/full").open("w") as full,
    ):
        full.write("x")
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("place", ["file/a.txt", "folder"])
def test_a_path_that_cannot_be_written_is_one_line(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "folder").mkdir()
    with pytest.raises(StoreError, match=f"cannot write .*{place}"):
        write_text(tmp_path / place, "text")
    assert not list(tmp_path.glob(".*"))


def test_what_killed_writers_left_is_swept_and_nothing_else(tmp_path: Path) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    here, elsewhere = platform.node(), "another-host"
    left = tmp_path / f".a.jsonl.{here}-{dead.pid}.part"
    kept = [
        tmp_path / f".a.jsonl.{here}-{os.getpid()}.part",  # still at it
        tmp_path / f".a.jsonl.{elsewhere}-{dead.pid}.part",  # nobody here can tell
        tmp_path / f".notes.{here}-mine.part",
        tmp_path / f".a.jsonl.{here}-\u00b2.part",  # a digit, and no number
        tmp_path / f".a.jsonl.{here}-17-{dead.pid}.part",  # of a machine whose name goes on
        tmp_path / "a.jsonl",
    ]
    for path in (left, *kept):
        path.write_text("")
    sweep(tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted(kept)


@pytest.mark.parametrize("number", [0, 99_999_999_999])
def test_a_number_that_no_process_can_have_is_of_none(tmp_path: Path, number: int) -> None:
    left = tmp_path / f".a.jsonl.{platform.node()}-{number}.part"
    left.write_text("")
    sweep(tmp_path)
    assert not left.exists()


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="this system does not say it this way")
def test_what_a_process_left_that_ended_unasked_is_removed(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)  # it has ended, and stays in the table of processes
    left = tmp_path / f".a.jsonl.{platform.node()}-{ended.pid}.part"
    left.write_text("")
    sweep(tmp_path)
    assert not left.exists()
    ended.wait()


def test_a_file_where_a_folder_should_be_is_said(tmp_path: Path) -> None:
    (tmp_path / "afile").write_text("")
    with pytest.raises(StoreError, match=r"cannot write .*x\.txt: a file is in the way; choose another --out"):
        write_text(tmp_path / "afile" / "x.txt", "")


def test_where_asking_would_stop_a_process_it_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    signals: list[int] = []
    monkeypatch.setattr(platform, "system", lambda: "Windows")
    monkeypatch.setattr(os, "kill", lambda process, signal: signals.append(signal))
    assert alive(12345)
    assert not signals
