"""Tests in forks: all that pytest would say is said, and no test is lost in silence."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

GOOD = """
import os, warnings, pytest
def test_writes(tmp_path): (tmp_path / "a").write_text("a")
def test_warns(): warnings.warn("take care")
def test_skips(): pytest.skip("no need")
"""
BAD = """
def test_fails():
    print("said before")
    assert 1 == 2
"""
DEADLY = """
import os
def test_before(): pass
def test_dies(): os._exit(0)
def test_after(): pass
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    for name, text in {"good": GOOD, "bad": BAD, "deadly": DEADLY}.items():
        (tmp_path / f"test_{name}.py").write_text(text)
    return tmp_path


def run(place: Path, *options: str) -> tuple[int, str]:
    script = Path(__file__).with_name("forks.py")
    call = [sys.executable, "-P", str(script), "-q", "-p", "no:cacheprovider", "-c", "none.ini", *options]
    (place / "none.ini").touch()
    done = subprocess.run(call, cwd=place, capture_output=True, text=True, timeout=100)
    return done.returncode, done.stdout


def test_everything_is_said_and_what_a_dead_process_leaves_has_failed(place: Path) -> None:
    status, out = run(place, "--forks", "2")
    assert status == 1
    assert "3 failed, 3 passed, 1 skipped, 1 warning" in out
    for said in (
        "assert 1 == 2",
        "said before",
        "take care",
        "::test_fails",
        "::test_dies - not",
        "::test_after - not",
    ):
        assert said in out


def test_the_first_failure_ends_it_where_asked(place: Path) -> None:
    (place / "test_deadly.py").unlink()
    status, out = run(place, "--forks", "1", "-x")
    assert status == 1
    assert "stopping after 1 failures" in out
    assert "1 failed in" in out
