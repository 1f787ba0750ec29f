"""Standard output for people."""

from __future__ import annotations

import pytest

from gancheck.cli.console import Output


@pytest.mark.parametrize(("told", "width"), [("80", 80), ("", 120), ("nonsense", 120), ("3", 120)])
def test_a_pipe_is_as_wide_as_columns_says(monkeypatch, told, width):
    monkeypatch.setenv("COLUMNS", told)
    assert Output().width == width
