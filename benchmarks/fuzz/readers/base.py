"""What a reader is: a file that the package, or the library it comes from, has written, and what reads it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.fuzz.structures import Form


@dataclass(frozen=True)
class Reader:
    """One line of the table. A case writes another file in place of the valid one, and reads."""

    name: str
    file: str  #: under which the file lies, perhaps in folders
    write: Callable[[Path], object]  #: writes a valid one there, and whatever must lie beside it
    read: Callable[[Path], Any]  #: reads it; the path is that of the file
    form: Form | None = None  #: without one there are no well-formed cases
