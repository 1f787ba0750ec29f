"""Small multiples of exact size: equal panels in rows, each with room for its heading."""

from __future__ import annotations

import math
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gancheck.report.plots.style import MUTED

MARGIN = 0.12  #: around the page
GAP = 0.14  #: between panels
HEAD = 0.47  #: above a panel, for two lines
TITLE = 0.32  #: above all
NOTE = 0.26  #: below all


@dataclass(frozen=True)
class Tiles:
    """A page of panels; lengths are inches."""

    count: int
    side: float = 2.1
    most: int = 5  #: columns

    @property
    def columns(self) -> int:
        """About a third more columns than rows, as pages are wide."""
        return min(self.most, math.ceil(math.sqrt(self.count * 1.3)))

    @property
    def rows(self) -> int:
        """As many as it takes."""
        return math.ceil(self.count / self.columns)

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of the page."""
        width = 2 * MARGIN + self.columns * (self.side + GAP) - GAP
        return width, MARGIN + TITLE + NOTE + self.rows * (self.side + HEAD)

    def axes(self, figure: Figure) -> list[Axes]:
        """One set of axes per panel, row by row."""
        width, height = self.size
        corners = (
            (MARGIN + column * (self.side + GAP), height - TITLE - (row + 1) * (self.side + HEAD))
            for row, column in (divmod(i, self.columns) for i in range(self.count))
        )
        return [figure.add_axes((x / width, y / height, self.side / width, self.side / height)) for x, y in corners]

    def captions(self, figure: Figure, title: str, note: str) -> None:
        """A title above all panels and a note below them."""
        width, height = self.size
        figure.text(MARGIN / width, 1 - 0.1 / height, title, va="top", weight="bold", fontsize=11.5)
        figure.text(MARGIN / width, MARGIN / height, note, color=MUTED)
