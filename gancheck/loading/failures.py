"""Whatever a decoder throws at a bad file becomes one line that says what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from gancheck.errors import BadData, GancheckError

COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@contextmanager
def one_line_errors(name: str, advice: str, failed: str = "cannot be read") -> Iterator[None]:
    """Any failure inside, a decoder's panic too (no Exception, as polars raises it), comes out as BadData."""
    try:
        yield
    except (GancheckError, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except MemoryError as error:
        raise BadData(f"{name} does not fit into memory; {advice}") from error
    except BaseException as error:
        if isinstance(error, UnicodeDecodeError) or "invalid utf-8" in str(error).lower():
            raise BadData(f"{name} is not written in UTF-8; save it as UTF-8") from error
        raise BadData(f"{name} {failed} ({reason(error)}); {advice}") from error


def reason(error: BaseException) -> str:
    """The first line of an error, at most 120 characters."""
    lines = [line.strip() for line in str(getattr(error, "strerror", None) or error).splitlines() if line.strip()]
    line = COLOUR.sub("", lines[0]).partition(". ")[0] if lines else type(error).__name__
    return line if len(line) <= 120 else line[:117] + "..."
