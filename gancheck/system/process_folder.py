"""A temporary folder of this process, which goes with it; where the process was killed, the next one removes it."""

from __future__ import annotations

import os
import platform
import shutil
import tempfile
from functools import cache
from itertools import count
from pathlib import Path

from gancheck.system.files import is_gone


def process_folder() -> Path:
    """A folder of this process alone, that it leaves nothing in when it ends; another one where somebody removed it."""
    folders = (Path(make_folder(os.getpid(), number).name) for number in count())
    return next(folder for folder in folders if folder.is_dir() and not folder.is_symlink()).resolve()


@cache
def make_folder(process: int, number: int) -> tempfile.TemporaryDirectory[str]:
    """One for each process, as a fork has an id of its own; further ones follow those that were removed."""
    sweep_folders()
    prefix = f"gancheck-{platform.node()}-{process}-"
    return tempfile.TemporaryDirectory(prefix=prefix, ignore_cleanup_errors=True)  # whatever took its place


def sweep_folders() -> None:
    """Remove the folders of processes of this machine that are gone."""
    for folder in Path(tempfile.gettempdir()).glob("gancheck-*-*-*"):
        machine, process, _ = folder.name.rsplit("-", 2)  # read from the right: a node's name may hold a "-"
        if machine == f"gancheck-{platform.node()}" and is_gone(process):
            shutil.rmtree(folder, ignore_errors=True)  # refuses links
