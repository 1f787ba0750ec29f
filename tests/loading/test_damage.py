"""Damaged files of every format end in samples or in one line, quickly, and never in a crash."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

FILES = 14 * 21 + 2 * 7  #: of all formats


def test_damaged_files_open_or_are_refused_in_one_line(tmp_path: Path) -> None:
    script = Path(__file__).with_name("damage.py")
    env = {**os.environ, "PYTHONPATH": str(script.parents[2]), "OMP_NUM_THREADS": "1", "RUST_BACKTRACE": "0"}
    command = [sys.executable, str(script), str(tmp_path), "21", "7"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["other"] == []
    assert found["opened"] + found["refused"] == FILES
    assert found["opened"] > 0
    assert found["refused"] > 0
    assert found["slowest"] < 5
