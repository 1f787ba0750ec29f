"""How a contract says what is broken, and what it could not try."""

from __future__ import annotations

from gancheck.errors import BadPlugin, GancheckError


class NotTried(GancheckError):
    """A plug-in that nothing at hand could be tried with; the reason says why."""


def require(holds: bool, otherwise: str) -> None:
    """Raise the reason unless it holds."""
    if not holds:
        raise BadPlugin(otherwise)
