from __future__ import annotations

from pathlib import Path

import pytest

from gancheck.system.data_folder import data_folder, data_from


def test_data_lies_where_the_user_says_else_in_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANCHECK_DATA", "~/sets")
    assert data_folder() == Path.home() / "sets"
    monkeypatch.delenv("GANCHECK_DATA")
    monkeypatch.setenv("GANCHECK_CACHE", str(tmp_path))
    assert data_folder() == tmp_path / "data"
    monkeypatch.delenv("GANCHECK_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert data_folder() == tmp_path / "gancheck" / "data"


def test_another_folder_holds_for_one_command_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANCHECK_DATA", "before")
    with data_from(tmp_path / "mine"):
        assert data_folder() == tmp_path / "mine"
    assert data_folder() == Path("before")
    with data_from(None):
        assert data_folder() == Path("before")
    monkeypatch.delenv("GANCHECK_DATA")
    usual = data_folder()
    with data_from("here"):
        assert data_folder() == Path.cwd() / "here"
    assert data_folder() == usual
