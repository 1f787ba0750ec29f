"""The wheel: everything that a run needs is inside, and it runs away from any checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

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
    templates = {str(p.relative_to(ROOT)) for p in (ROOT / "gancheck" / "report" / "html" / "templates").iterdir()}
    assert len(models) >= 2
    assert len(suites) >= 4
    assert models | suites | source | templates | {"gancheck/classifiers/digits.safetensors"} <= names
    assert not [n for n in names if n.startswith(("tests/", "models/", "benchmarks/")) or "__pycache__" in n]


def test_the_unpacked_wheel_runs_away_from_the_checkout(wheel: Path, tmp_path: Path) -> None:
    """It finds its own suites and models; .ci/run also trains from an installed one."""
    site = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(site)
    program = "import sys; from gancheck.cli.main import main; sys.exit(main(['list', '{}']))"
    for kind, wanted in (("suites", "quick"), ("gans", "dcgan")):
        call = [sys.executable, "-c", program.format(kind)]
        environment = {**os.environ, "PYTHONPATH": str(site)}
        done = subprocess.run(call, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
        assert wanted in done.stdout
        assert str(ROOT) not in done.stdout
