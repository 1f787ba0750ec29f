"""Temporary folders go with their process, however it ends."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from gancheck.system.process_folder import process_folder, sweep_folders

PROGRAM = """
import os, signal
from gancheck.system.process_folder import process_folder
(process_folder() / "source.py").write_text("secret = 1")
print(process_folder(), flush=True)
"""
KILLED = f"{PROGRAM}os.kill(os.getpid(), signal.SIGKILL)\n"


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def folder_of(program: str) -> Path:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    return Path(done.stdout.strip())


def test_a_folder_goes_with_its_process(temporary: Path) -> None:
    assert folder_of(PROGRAM).parent == temporary.resolve()
    assert not list(temporary.iterdir())


def test_a_killed_process_leaves_its_folder_to_the_next(temporary: Path) -> None:
    killed = folder_of(KILLED)
    assert (killed / "source.py").exists()
    folder_of(PROGRAM)
    assert not killed.exists()


def test_the_folders_of_other_machines_and_of_processes_that_live_stay(temporary: Path) -> None:
    node = platform.node()
    kept = [temporary / f"gancheck-{name}" for name in ("elsewhere-1-abc", f"{node}-{os.getpid()}-abc", f"{node}-mine")]
    for folder in kept:
        folder.mkdir()
    sweep_folders()
    assert all(folder.exists() for folder in kept)


def test_a_machine_whose_name_begins_like_another_one_leaves_that_ones_folders(
    temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    monkeypatch.setattr(platform, "node", lambda: "worker")
    names = f"gancheck-worker-{dead.pid}-abc", f"gancheck-worker-{dead.pid}-{os.getpid()}-abc"
    own, other = (temporary / name for name in names)
    for folder in (own, other):
        folder.mkdir()
    sweep_folders()
    assert [path.name for path in temporary.iterdir()] == [other.name]


def test_what_is_no_number_of_a_process_stops_no_sweep(temporary: Path) -> None:
    impossible, no_number = (temporary / f"gancheck-{platform.node()}-{name}-abc" for name in ("99999999999", "\u00b2"))
    for folder in (impossible, no_number):
        folder.mkdir()
    sweep_folders()
    assert list(temporary.iterdir()) == [no_number]


def test_a_folder_that_somebody_removed_is_made_anew(temporary: Path) -> None:
    first = process_folder()
    shutil.rmtree(first)
    second = process_folder()
    assert second.is_dir()
    assert process_folder() == second  # and is the one from now on


def test_a_link_in_the_place_of_a_removed_folder_is_not_used(temporary: Path) -> None:
    first, elsewhere = process_folder(), temporary / "elsewhere"
    shutil.rmtree(first)
    elsewhere.mkdir()
    first.symlink_to(elsewhere)
    assert process_folder() not in (first, elsewhere.resolve())
    first.unlink()


def test_links_lead_nowhere(temporary: Path) -> None:
    photographs = temporary / "photographs"
    photographs.mkdir()
    (photographs / "cat.png").touch()
    killed = folder_of(KILLED)
    shutil.rmtree(killed)
    killed.symlink_to(photographs)
    sweep_folders()
    assert (photographs / "cat.png").exists()
