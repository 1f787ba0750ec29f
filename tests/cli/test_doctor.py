"""`gancheck doctor`: what is here, what is missing, and how to get it; nothing is downloaded or written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gancheck.cli.health.base import Fact, Section
from gancheck.cli.main import main

SECTIONS = ["versions", "folders", "terminal", "machine", "extras", "weights", "data sets"]


@pytest.fixture
def bare_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No cache, no data."""
    for name in ("GANCHECK_CACHE", "GANCHECK_DATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_everything_is_looked_at_and_nothing_is_written(bare_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["doctor", "--json"])
    found = {
        section["title"]: {f["name"]: f for f in section["facts"]} for section in json.loads(capsys.readouterr().out)
    }
    assert list(found) == SECTIONS
    assert status == any(fact["severity"] == "bad" for facts in found.values() for fact in facts.values())
    assert found["versions"]["import torch"]["value"] == "works"
    assert found["folders"]["compiled graphs"]["value"].endswith("compiled, not there yet")
    assert found["weights"]["inception"]["value"] == "not here"
    assert "train-images-idx3-ubyte.gz" in found["data sets"]["mnist"]["advice"]
    assert list(bare_home.iterdir()) == []


def test_a_package_that_does_not_load_is_bad_and_the_rest_is_still_said(
    bare_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = Section("versions", (Fact("import torch", "OSError: libcudart.so", "install torch again", "bad"),))
    monkeypatch.setattr("gancheck.cli.doctor.examine_versions", lambda: broken)
    assert main(["doctor"]) == 1
    shown = capsys.readouterr().out
    assert "OSError: libcudart.so -> install torch again" in shown
    assert "terminal" in shown
    assert shown.splitlines()[-1] == "1 problem: import torch"
