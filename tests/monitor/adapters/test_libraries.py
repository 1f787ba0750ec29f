from __future__ import annotations

import subprocess
import sys

import pytest

import gancheck as gc
from gancheck.monitor.adapters.libraries import library


def test_a_missing_library_is_one_line_with_the_command() -> None:
    with pytest.raises(gc.Unsupported, match=r"^this adapter needs no_such_library: pip install no-such-library$"):
        library("no_such_library", "no_other.part", install="no-such-library")


def test_the_one_that_is_already_imported_comes_first() -> None:
    assert library("ftplib", "gancheck.errors", install="x") is sys.modules["gancheck.errors"]


def test_no_library_is_imported_with_the_monitor() -> None:
    heavy = ("pytorch_lightning", "lightning", "transformers", "ignite", "tensorboard")
    code = f"import sys, gancheck; gancheck.watch; print([name for name in {heavy} if name in sys.modules])"
    made = subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.PIPE, text=True)
    assert made.stdout.strip() == "[]"
