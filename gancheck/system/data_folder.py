"""Where data sets are kept that are downloaded: each once, for all commands."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gancheck.system.cache_folder import chosen_folder, user_folder

VARIABLE = "GANCHECK_DATA"


def data_folder() -> Path:
    """GANCHECK_DATA; else `data` in GANCHECK_CACHE, or in gancheck in XDG_CACHE_HOME (~/.cache)."""
    if folder := os.environ.get(VARIABLE):
        return Path(folder).expanduser()
    return (chosen_folder() or user_folder()) / "data"


@contextmanager
def data_from(folder: str | Path | None) -> Iterator[None]:
    """Data sets are looked for in this folder meanwhile, by worker processes too; None leaves all as it is.

    It is no part of a run's id: what the files hold is.
    """
    before = os.environ.get(VARIABLE)
    if folder is not None:
        os.environ[VARIABLE] = str(Path(folder).expanduser().resolve())
    try:
        yield
    finally:
        os.environ.pop(VARIABLE, None)
        if before is not None:
            os.environ[VARIABLE] = before
