"""A temporary folder of this process, which goes with it; where the process was killed, the next one removes it."""

from __future__ import annotations

import os
import platform
import shutil
import tempfile
from functools import cache
from pathlib import Path

from gancheck.system.files import alive


def process_folder() -> Path:
    """A folder of this process alone, that it leaves nothing in when it ends."""
    return Path(make_folder(os.getpid()).name).resolve()


@cache
def make_folder(process: int) -> tempfile.TemporaryDirectory[str]:
    """One for each process, as a fork has an id of its own."""
    sweep_folders()
    return tempfile.TemporaryDirectory(prefix=f"{prefix()}{process}-")


def prefix() -> str:
    """What the names of such folders begin with, on this machine."""
    return f"gancheck-{platform.node()}-"


def sweep_folders() -> None:
    """Remove the folders of processes of this machine that are gone."""
    for folder in Path(tempfile.gettempdir()).glob(f"{prefix()}*-*"):
        owner = folder.name.removeprefix(prefix()).partition("-")[0]
        if owner.isdigit() and not alive(int(owner)):
            shutil.rmtree(folder, ignore_errors=True)  # refuses links
