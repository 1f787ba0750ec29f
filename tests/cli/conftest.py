"""The environment that commands are called in."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """One thread, no tracebacks, and tables of the same width everywhere."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    for name in ("GANCHECK_DEBUG", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
