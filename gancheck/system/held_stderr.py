"""Standard error held back: libraries in other languages write pages to it before they raise."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def stderr_held_back() -> Iterator[None]:
    """What is written in here, by any library, comes out at its end; of a block that raises, nothing does."""
    try:
        usual = os.dup(2)
    except OSError:  # there is none
        yield
        return
    with tempfile.TemporaryFile() as held:
        flush()
        os.dup2(held.fileno(), 2)
        try:
            yield
            flush()
            held.seek(0)
            os.write(usual, held.read())
        finally:
            flush()
            os.dup2(usual, 2)
            os.close(usual)


def flush() -> None:
    """Python's own buffer."""
    with suppress(AttributeError, OSError, ValueError):
        sys.stderr.flush()
