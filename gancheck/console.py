"""Standard output for people."""

from __future__ import annotations

import sys

from rich.console import Console


class Output(Console):
    """As wide as the terminal, 120 columns anywhere else; brackets are text."""

    def __init__(self) -> None:
        super().__init__(highlight=False, markup=False, width=None if sys.stdout.isatty() else 120)

    def on_broken_pipe(self) -> None:
        """A reader that goes away, such as `head`, is the command line's to answer; rich would exit with status 1."""
        raise BrokenPipeError
