from __future__ import annotations

import sys

import pytest

import gancheck as gc
from gancheck.monitor.adapters.libraries import library


def test_a_missing_library_is_one_line_with_the_command() -> None:
    with pytest.raises(gc.Unsupported, match=r"^this adapter needs no_such_library: pip install no-such-library$"):
        library("no_such_library", "no_other.part", install="no-such-library")


def test_the_one_that_is_already_imported_comes_first() -> None:
    assert library("ftplib", "gancheck.errors", install="x") is sys.modules["gancheck.errors"]
