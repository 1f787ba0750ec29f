"""The wheel: everything that a run needs is inside, and it runs away from any checkout."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hatchling.build import build_wheel

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        return folder / build_wheel(str(folder))


def test_models_suites_and_the_classifier_are_inside(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    models = {f"gancheck/_share/models/{p.name}" for p in (ROOT / "models").glob("*.py")}
    suites = {f"gancheck/_share/suites/{p.name}" for p in (ROOT / "benchmarks" / "suites").glob("*.toml")}
    source = {str(p.relative_to(ROOT)) for p in (ROOT / "gancheck").rglob("*.py")}
    assert len(models) >= 2
    assert len(suites) >= 4
    assert models | suites | source | {"gancheck/classifiers/digits.safetensors"} <= names
    assert not [n for n in names if n.startswith(("tests/", "models/", "benchmarks/")) or "__pycache__" in n]


def test_the_unpacked_wheel_runs_a_suite_away_from_the_checkout(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(site)
    only = ["--only", "dataset=digits", "--only", "gan=mlp(width=8)", "--only", "strategy=none"]
    call = [sys.executable, "-m", "gancheck", "run", "smoke", "--steps", "3", *only, "--jobs", "1"]
    pipes: Any = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(call, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(site)}, **pipes) as process:
        os.sched_setaffinity(process.pid, [min(os.sched_getaffinity(0))])  # one thread
        out, err = process.communicate(timeout=250)
    assert process.returncode == 0, err
    assert out.splitlines()[-1] == "2 done, 0 failed, 0 skipped, 0 cached -> runs/smoke+steps=3/leaderboard.csv"
    with (tmp_path / "runs" / "smoke+steps=3" / "leaderboard.csv").open() as file:
        assert {row["gancheck"] for row in csv.DictReader(file)} == {wheel.name.split("-")[1]}
