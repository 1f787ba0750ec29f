"""Where results and caches go."""

from __future__ import annotations

from pathlib import Path

from gancheck.cli.health import folders


def test_a_cache_has_a_size(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "graph").write_bytes(bytes(3 * folders.MEBIBYTE))
    assert folders.examine_cache("compiled graphs", tmp_path, "").value == f"{tmp_path}, 3.0 MiB"


def test_a_cache_below_a_file_is_bad_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    fact = folders.examine_cache("features", tmp_path / "file" / "features", "name another")
    assert (fact.severity, fact.advice) == ("bad", "name another")


def test_a_cache_that_is_not_there_is_well_and_stays_away(tmp_path: Path) -> None:
    fact = folders.examine_cache("features", tmp_path / "a" / "b", "")
    assert (fact.severity, fact.value) == ("good", f"{tmp_path / 'a' / 'b'}, not there yet")
    assert list(tmp_path.iterdir()) == []
