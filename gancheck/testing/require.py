"""How a contract says what is broken."""

from __future__ import annotations

from gancheck.errors import BadPlugin


def require(holds: bool, otherwise: str) -> None:
    """Raise the reason unless it holds."""
    if not holds:
        raise BadPlugin(otherwise)
