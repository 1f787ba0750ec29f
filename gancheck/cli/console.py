"""Standard output for people."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.table import Table

from gancheck.cli.narrow_table import fold_cells, needed_width, stack_rows

HEIGHT = 25  #: lines, which nothing depends on; rich looks for a terminal unless it is given both


def width() -> int:
    """Columns where there is no terminal: what the environment says, else 120."""
    told = os.environ.get("COLUMNS", "")
    return int(told) if told.isdigit() and int(told) >= 40 else 120


def is_dumb() -> bool:
    """Whether the terminal is a plain one, such as an editor's, of which rich assumes 80 columns."""
    return os.environ.get("TERM", "").lower() in ("dumb", "unknown")


class Output(Console):
    """As wide as the terminal, as COLUMNS says or 120 anywhere else; brackets are text, and no table is cut."""

    def __init__(self) -> None:
        columns = None if sys.stdout.isatty() and not is_dumb() else width()
        super().__init__(highlight=False, markup=False, width=columns, height=columns and HEIGHT)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """A table that the screen is too narrow for is stacked, wherever it stands."""
        if not isinstance(renderable, Table):
            return super().render(renderable, options)
        narrow = needed_width(renderable) > (options or self.options).max_width
        return super().render(stack_rows(renderable) if narrow else fold_cells(renderable), options)

    def on_broken_pipe(self) -> None:
        """A reader that goes away, such as `head`, is the command line's to answer; rich would exit with status 1."""
        raise BrokenPipeError
