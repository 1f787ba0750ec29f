"""Where work is kept between commands."""

from __future__ import annotations

import os
from pathlib import Path


def features_folder() -> Path:
    """Where features are kept unless told: GANCHECK_CACHE, else gancheck/features in XDG_CACHE_HOME (~/.cache)."""
    return chosen_folder() or user_folder() / "features"


def compiled_folder() -> Path:
    """Where compiled graphs are kept: `compiled` in GANCHECK_CACHE, else in gancheck in XDG_CACHE_HOME (~/.cache)."""
    return (chosen_folder() or user_folder()) / "compiled"


def classifiers_folder() -> Path:
    """Where trained classifiers are kept: `classifiers` in GANCHECK_CACHE, else in gancheck in XDG_CACHE_HOME."""
    return (chosen_folder() or user_folder()) / "classifiers"


def chosen_folder() -> Path | None:
    """The folder that the user has named."""
    folder = os.environ.get("GANCHECK_CACHE")
    return Path(folder).expanduser() if folder else None


def user_folder() -> Path:
    """The user's cache of this program."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "gancheck"
