"""Text from files of strangers, made fit for a terminal."""

from __future__ import annotations

from gancheck.errors import LONGEST, spell_controls

__all__ = ["LONGEST", "escape_controls"]


def escape_controls(text: str) -> str:
    r"""One line in which control characters are spelt out: a terminal would obey them. `\x1b[2J` clears a screen."""
    found = spell_controls(text[:LONGEST])
    return found if len(text) <= LONGEST else f"{found}..."
