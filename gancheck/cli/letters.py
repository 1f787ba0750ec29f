"""Letters that a terminal's encoding does not have are shown by the nearest that it has; nothing is an error."""

from __future__ import annotations

import codecs
import sys
import unicodedata
from io import TextIOWrapper

HANDLER = "gancheck.nearest"
NEAREST = {
    "\N{EN DASH}": "-",
    "\N{EM DASH}": "-",
    "\N{MINUS SIGN}": "-",
    "\N{MULTIPLICATION SIGN}": "x",
    "\N{MIDDLE DOT}": "*",
    "\N{RIGHTWARDS ARROW}": "->",
    "\N{LEFT SINGLE QUOTATION MARK}": "'",
    "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    "\N{LEFT DOUBLE QUOTATION MARK}": '"',
    "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
}
#: Lines of boxes and blocks of bars.
DRAWN = (("\u2500", "\u257f"), ("\u2580", "\u259f"))


def show_nearest_letters() -> None:
    """From now on standard output can be written any text; standard error spells such letters out by itself."""
    codecs.register_error(HANDLER, replace_letters)
    if isinstance(sys.stdout, TextIOWrapper) and sys.stdout.errors == "strict":
        sys.stdout.reconfigure(errors=HANDLER)


def replace_letters(error: UnicodeError) -> tuple[str, int]:
    """Of what cannot be encoded: the nearest letters, and where to go on."""
    assert isinstance(error, UnicodeEncodeError)
    return "".join(map(nearest, error.object[error.start : error.end])), error.end


def nearest(letter: str) -> str:
    """ASCII letters for one that is not: a table, then the letter without its marks, then block letters as #, else its
    number. One letter stays one where a table's columns depend on it."""
    if letter in NEAREST:
        return NEAREST[letter]
    if any(low <= letter <= high for low, high in DRAWN):
        return "#"
    plain = unicodedata.normalize("NFKD", letter).encode("ascii", "ignore").decode()
    return plain or letter.encode("ascii", "backslashreplace").decode()
