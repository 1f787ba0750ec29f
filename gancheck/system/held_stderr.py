"""Standard error held back: libraries in other languages write pages to it before they raise."""

from __future__ import annotations

import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

#: The stream is the process's: a second thread that would hold it back meanwhile lets it be.
HOLDER = threading.Lock()


@contextmanager
def stderr_held_back() -> Iterator[None]:
    """What is written in here, by any library, comes out at its end; of a block that raises, nothing does. Nothing is
    held back where another thread does so already, or where there is no room for it."""
    if not HOLDER.acquire(blocking=False):
        yield
        return
    try:
        with swapped_stderr():
            yield
    finally:
        HOLDER.release()


@contextmanager
def swapped_stderr() -> Iterator[None]:
    """The stream is a temporary file in here."""
    try:
        held, usual = tempfile.TemporaryFile(), os.dup(2)  # noqa: SIM115 (closed below)
    except OSError:  # no room, or no stream
        yield
        return
    with held:
        flush()
        os.dup2(held.fileno(), 2)
        try:
            yield
            flush()
            held.seek(0)
            write_all(usual, held.read())
        finally:
            flush()
            os.dup2(usual, 2)
            os.close(usual)


def write_all(descriptor: int, text: bytes) -> None:
    """All of it, as far as anybody listens."""
    with suppress(OSError):
        while text:
            text = text[os.write(descriptor, text) :]


def flush() -> None:
    """Python's own buffer."""
    with suppress(AttributeError, OSError, ValueError):
        sys.stderr.flush()
