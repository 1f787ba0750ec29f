"""How pictures look: a palette that colour-blind readers can tell apart, one set of sizes, one way to write a file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import matplotlib.style
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from gancheck.errors import BadParameter
from gancheck.system.files import replacing

INK = "#22262b"
MUTED = "#737b85"
GRID = "#e4e7ea"
REAL = "#c3c9cf"  #: the cloud of real data
FAKE = "#0072b2"
MISSING = "#d81b60"  #: what a generator lost
#: Okabe & Ito, "Color universal design", 2008; their yellow is left out, as it vanishes on white.
PALETTE = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#5f4690")
DASHES = ("-", (0, (5, 1.5)), (0, (1.5, 1.2)))

FONTS = {"font.size": 8.5, "axes.titlesize": 9.5, "axes.labelsize": 8.5, "xtick.labelsize": 7.5, "ytick.labelsize": 7.5}
COLOURS = {"text.color": INK, "axes.labelcolor": INK, "axes.edgecolor": "#b3bac1", "grid.color": GRID}
LINES = {"axes.linewidth": 0.7, "grid.linewidth": 0.7, "xtick.major.size": 2.5, "ytick.major.size": 2.5}
LOOK: dict[str, Any] = {
    **FONTS,
    **COLOURS,
    **LINES,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "legend.frameon": False,
    "legend.fontsize": 8,
    "svg.hashsalt": "gancheck",  # ids in the file, and so its bytes, no longer vary
    "svg.fonttype": "none",  # text stays text: small files that can be searched
}
DPI = 160
METADATA: dict[str, dict[str, Any]] = {"png": {"Software": None}, "svg": {"Date": None, "Creator": None}}


@contextmanager
def canvas(path: Path, width: float, height: float) -> Iterator[Figure]:
    """A figure of that many inches, written to `path` (.png or .svg) by rename when the block ends well.

    The bytes depend on what is drawn only: no date, and nothing from the user's own matplotlib settings.
    """
    kind = path.suffix.removeprefix(".").lower()
    if kind not in METADATA:
        raise BadParameter(f"cannot draw {path.name}: pictures are .png or .svg")
    with matplotlib.style.context(["default", LOOK]):
        figure = Figure(figsize=(width, height), dpi=DPI)
        yield figure
        with replacing(path) as part:
            write_figure(figure, part, kind)


def write_figure(figure: Figure, path: Path, kind: str) -> None:
    """A figure as a file; as `savefig` does, which draws a PNG once more for its layout alone."""
    if kind == "png":
        page: Any = FigureCanvasAgg(figure)
        page.print_png(path, metadata=METADATA[kind])
    else:
        figure.savefig(path, format=kind, metadata=METADATA[kind])


def line_styles(count: int) -> list[dict[str, Any]]:
    """Colour and dash of `count` lines: colours first, then the same colours with other dashes."""
    pairs = ({"color": colour, "linestyle": dash} for dash in cycle(DASHES) for colour in PALETTE)
    return list(islice(pairs, count))


def heading(axes: Axes, title: str, note: str = "", room: int = 40) -> None:
    """A panel's title, and a quieter note beneath it. A title of more than `room` letters is set smaller, then cut."""
    most = int(room * 1.5)
    short = title if len(title) <= most else f"{title[: most - 1]}\N{HORIZONTAL ELLIPSIS}"
    size = 9.5 * min(1, 0.92 * room / len(short)) if short else 9.5
    axes.set_title(short, loc="left", weight="bold", fontsize=size, pad=15 if note else 5)
    line: dict[str, Any] = {"xycoords": "axes fraction", "textcoords": "offset points", "color": MUTED, "fontsize": 8}
    axes.annotate(note, (0, 1), (0, 4), annotation_clip=False, **line)


def bare(axes: Axes) -> None:
    """A panel without ticks, in a thin frame."""
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_visible(True)
    axes.spines[:].set_color(GRID)
