"""Folders: where results and caches go, how large they are, and whether they can be written to."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from gancheck.cli.health.base import Fact, Section
from gancheck.system.cache_folder import classifiers_folder, compiled_folder, features_folder
from gancheck.system.data_folder import VARIABLE, data_folder

MEBIBYTE = 2**20
CACHE = "name another with GANCHECK_CACHE"


def examine_folders() -> Section:
    """The current folder, and every cache."""
    caches = {"compiled graphs": compiled_folder(), "features": features_folder(), "classifiers": classifiers_folder()}
    facts = [examine_cache(name, folder, CACHE) for name, folder in caches.items()]
    data = examine_cache("data sets", data_folder(), f"name another with --data-root or {VARIABLE}")
    return Section("folders", (current_folder(), *facts, data))


def current_folder() -> Fact:
    """Where results go unless --out names another."""
    place = Path.cwd()
    if can_write(place):
        return Fact("results", f"{place / 'runs'} unless --out names another")
    return Fact("results", f"{place} cannot be written to", "go to another folder, or name one with --out", "bad")


def examine_cache(name: str, folder: Path, advice: str) -> Fact:
    """Place and size of one cache."""
    if not can_write(folder):
        return Fact(name, f"{folder} cannot be written to", advice, "bad")
    size = sum(files(folder))
    return Fact(name, f"{folder}, {size / MEBIBYTE:,.1f} MiB" if folder.is_dir() else f"{folder}, not there yet")


def files(folder: Path) -> Iterator[int]:
    """Bytes of every file below; one that goes meanwhile counts nothing."""
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                yield os.lstat(Path(place, name)).st_size
            except OSError:
                continue


def can_write(folder: Path) -> bool:
    """Whether a file could be made in a folder, or the folder itself; nothing is written."""
    there = next((place for place in (folder, *folder.absolute().parents) if place.exists()), None)
    return there is not None and there.is_dir() and os.access(there, os.W_OK | os.X_OK)
