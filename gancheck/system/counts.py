"""Counts in words: `1 sample`, `2,500 samples`."""

from __future__ import annotations

HISSING = ("s", "x", "z", "ch", "sh")  #: ends of nouns that take -es
VOWELS = "aeiou"


def say_count(count: int, noun: str) -> str:
    """A number and what is counted: `1 sample`, `3 classes`, `2 entries`, `0 broken images`."""
    return f"{count:,} {noun if count == 1 else make_plural(noun)}"


def choose_verb(count: int, one: str, many: str) -> str:
    """The form of a verb that goes with a count."""
    return one if count == 1 else many


def make_plural(noun: str) -> str:
    """The plural of a regular noun; the last word of several counts."""
    if noun.endswith("y") and noun[-2:-1] not in VOWELS:
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith(HISSING) else f"{noun}s"
