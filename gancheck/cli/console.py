"""Standard output for people."""

from __future__ import annotations

import os
import sys

from rich.console import Console


def width() -> int:
    """Columns where there is no terminal: what the environment says, else 120."""
    told = os.environ.get("COLUMNS", "")
    return int(told) if told.isdigit() and int(told) >= 40 else 120


class Output(Console):
    """As wide as the terminal, as COLUMNS says or 120 anywhere else; brackets are text."""

    def __init__(self) -> None:
        super().__init__(highlight=False, markup=False, width=None if sys.stdout.isatty() else width())

    def on_broken_pipe(self) -> None:
        """A reader that goes away, such as `head`, is the command line's to answer; rich would exit with status 1."""
        raise BrokenPipeError
