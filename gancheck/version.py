"""The version of gancheck that runs."""

from __future__ import annotations

import importlib.metadata


def version() -> str:
    """The installed version, or "0+checkout" when the package runs from a checkout without installation."""
    try:
        return importlib.metadata.version("gancheck")
    except importlib.metadata.PackageNotFoundError:
        return "0+checkout"
