"""Text from files of strangers, made fit for a terminal."""

from __future__ import annotations

LONGEST = 4000  #: characters of one line


def escape_controls(text: str) -> str:
    r"""One line in which control characters are spelt out: a terminal would obey them. `\x1b[2J` clears a screen."""
    found = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text[:LONGEST])
    return found if len(text) <= LONGEST else f"{found}..."
