"""Suspected copies of training images: `copies.png`."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from gancheck.report.plots.pixel_page import LINE, MARGIN, TITLE, Page, inches, mosaic
from gancheck.report.plots.style import MUTED, canvas
from gancheck.report.text.numbers import digits
from gancheck.scoring.examples import CopyPairs

MOST = 24  #: pairs
COLUMNS = 6
GAP = 26  #: pixels between pairs


def copies(path: Path, suspects: CopyPairs) -> Path:
    """Pairs of a sample (left) and its nearest training image (right), the nearest pairs first, with their distance."""
    order = np.argsort(suspects.distances, kind="stable")[:MOST]
    pairs = [mosaic(np.stack([suspects.samples[i], suspects.originals[i]]), 2) for i in order]
    columns, wide, tall = min(COLUMNS, len(pairs)), pairs[0].width + GAP, pairs[0].height + LINE
    width, height = 2 * MARGIN + columns * wide - GAP, MARGIN + TITLE + -(-len(pairs) // columns) * tall + MARGIN // 2
    name = title(len(suspects.distances))
    with canvas(path, *inches(width, height, name)) as figure:
        page = Page(figure, name)
        for k, (i, pair) in enumerate(zip(order, pairs, strict=True)):
            left, top = MARGIN + k % columns * wide, MARGIN + TITLE + k // columns * tall
            page.picture(left, top, pair)
            page.text(left, top + pair.height + 4, digits(float(suspects.distances[i])), color=MUTED, fontsize=7.5)
    return path


def title(count: int) -> str:
    """How many, and what is shown."""
    if count == 1:
        return "1 suspected copy: the sample left, a training image right"
    which = f", the nearest {MOST} of them" if count > MOST else ""
    return f"{count:,} suspected copies{which}: samples left, training images right"
