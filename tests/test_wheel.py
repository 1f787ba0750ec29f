"""The wheel: everything that a run needs is inside. `.ci/run` installs it in a place of its own and trains with it."""

from __future__ import annotations

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
