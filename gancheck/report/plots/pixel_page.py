"""A page of exact pixels, from its top left corner, so that every pixel of a small image stays a square."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from matplotlib.figure import Figure

from gancheck.report.plots.image_strips import Array, join, shown_height
from gancheck.report.plots.style import DPI, INK

MARGIN = 20
TITLE = 52  #: room above, with a title
LINE = 30  #: room for a line of text
LETTER = 15.6  #: width of a title's letter, about


class Block(NamedTuple):
    """Pixels, and by how much they are shrunk on the page."""

    pixels: Array  #: (h, w, 3) in [0, 1]
    scale: float  #: 1 unless images are large

    @property
    def width(self) -> int:
        """On the page."""
        width: int = round(self.pixels.shape[1] * self.scale)
        return width

    @property
    def height(self) -> int:
        """On the page."""
        height: int = round(self.pixels.shape[0] * self.scale)
        return height


class Page:
    """What is drawn on a figure; all lengths are pixels."""

    def __init__(self, figure: Figure, title: str) -> None:
        self.figure = figure
        self.width, self.height = figure.bbox.size
        self.text(MARGIN, MARGIN, title, weight="bold", fontsize=11.5)

    def text(self, left: float, top: float, line: str, **look: Any) -> None:
        """A line of text that hangs from `top`."""
        self.figure.text(left / self.width, 1 - top / self.height, line, **{"va": "top", "color": INK, **look})

    def picture(self, left: float, top: float, block: Block) -> None:
        """A block of images."""
        wide, tall = block.width / self.width, block.height / self.height
        axes = self.figure.add_axes((left / self.width, 1 - top / self.height - tall, wide, tall))
        axes.imshow(block.pixels, interpolation="nearest" if block.scale == 1 else "auto", aspect="auto")
        axes.set_axis_off()


def inches(width: float, height: float, title: str) -> tuple[float, float]:
    """The page's size for `style.canvas`, wide enough for its title."""
    return max(width, 2 * MARGIN + LETTER * len(title)) / DPI, height / DPI


def mosaic(images: Array, columns: int) -> Block:
    """Images (n, c, h, w) in [-1, 1], in rows of `columns` with white between."""
    rows = [join(images[i : i + columns]) for i in range(0, len(images), columns)]
    gap, width = max(1, len(rows[0]) // 22), rows[0].shape[1]
    padded = [np.pad(row, ((0, gap), (0, width - row.shape[1]), (0, 0)), constant_values=1.0) for row in rows]
    return Block(np.concatenate(padded)[:-gap], shown_height(images.shape[2]) / len(rows[0]))
