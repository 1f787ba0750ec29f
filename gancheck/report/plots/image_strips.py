"""Generated images beside real ones: one strip per recipe, the real strip on top."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from gancheck.errors import BadData
from gancheck.report.plots.style import DPI, MUTED, canvas

Array = NDArray[np.floating]
SIDE = 88  #: pixels of an image on the page, about
LABEL = 296  #: pixels left of the strips, for names
MARGIN = 20
GAP = 12  #: between strips
CAPTION = 20  #: more between them where images have captions
TITLE = 44


class Strip(NamedTuple):
    """The samples of one recipe."""

    title: str
    samples: Array  #: (n, c, h, w) in [-1, 1]; one channel is grey, three are red, green and blue
    note: str = ""  #: below the title, such as how many modes are held
    captions: Sequence[str] = ()  #: below the images, such as the modes that were read; none, or one an image


def images(path: Path, real: Array, strips: Sequence[Strip], title: str = "", most: int = 12) -> None:
    """Draw up to `most` images per strip in the given order: nothing is picked. Small images keep square pixels."""
    rows = [Strip("real data", real), *strips]
    count = min(most, *map(_count, rows))
    pictures = [join(row.samples[:count]) for row in rows]
    height = shown_height(real.shape[2])
    width = max(round(picture.shape[1] * height / picture.shape[0]) for picture in pictures)
    gap = GAP + CAPTION * any(row.captions for row in rows)
    page = (2 * MARGIN + LABEL + width, 2 * MARGIN + bool(title) * TITLE + len(rows) * (height + gap))
    with canvas(path, page[0] / DPI, page[1] / DPI) as figure:
        figure.text(MARGIN / page[0], 1 - MARGIN / page[1], title, va="top", weight="bold", fontsize=11.5)
        for i, (row, picture) in enumerate(zip(rows, pictures, strict=True)):
            bottom = MARGIN + (len(rows) - 1 - i) * (height + gap) + gap
            _label(figure, row, bottom + height / 2, page)
            axes = figure.add_axes(((MARGIN + LABEL) / page[0], bottom / page[1], width / page[0], height / page[1]))
            axes.imshow(picture, interpolation="nearest" if real.shape[2] <= SIDE else "auto", aspect="auto")
            axes.set_axis_off()
            for k, caption in enumerate(row.captions[:count]):
                left = MARGIN + LABEL + (k + 0.5) * width / count
                look: dict[str, Any] = {"ha": "center", "va": "top", "fontsize": 7.5, "color": MUTED}
                figure.text(left / page[0], (bottom - 3) / page[1], caption, **look)


def _label(figure: Figure, row: Strip, middle: float, page: tuple[int, int]) -> None:
    """Name and note beside a strip; long ones are set smaller."""
    x, y = MARGIN / page[0], middle / page[1]
    size = 9.5 * min(1.0, 21 / max(len(row.title), 1))
    figure.text(x, y, row.title, va="bottom" if row.note else "center", weight="bold", fontsize=size)
    figure.text(x, y - 3 / page[1], row.note, va="top", color=MUTED, fontsize=8 * min(1.0, 30 / max(len(row.note), 1)))


def _count(row: Strip) -> int:
    """How many images a row has, all of a kind that can be shown."""
    if row.samples.ndim != 4 or row.samples.shape[1] not in (1, 3) or not len(row.samples):
        raise BadData(f"{row.title}: pictures need images (n, 1 or 3, h, w), n >= 1, not {row.samples.shape}")
    return len(row.samples)


def join(samples: Array) -> Array:
    """Images side by side with white between them: (height, width, 3) in [0, 1]."""
    x = np.nan_to_num(np.asarray(samples, np.float64), nan=-1.0)
    x = (np.clip(x, -1, 1) + 1) / 2
    x = np.broadcast_to(x, (len(x), 3, *x.shape[2:])).transpose(0, 2, 3, 1)
    enlarge = enlargement(x.shape[1])
    x = x.repeat(enlarge, axis=1).repeat(enlarge, axis=2)
    gap = max(1, x.shape[1] // 22)
    framed = np.pad(x, ((0, 0), (0, 0), (0, gap), (0, 0)), constant_values=1.0)
    return np.concatenate(list(framed), axis=1)[:, :-gap]


def enlargement(height: int) -> int:
    """By how much an image is enlarged: whole numbers, so that every pixel stays a square of the same size."""
    return max(1, round(SIDE / height))


def shown_height(height: int) -> int:
    """Height of an image on the page; large ones are shrunk."""
    return min(height * enlargement(height), round(1.2 * SIDE))
