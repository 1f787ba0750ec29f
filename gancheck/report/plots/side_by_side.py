"""Samples beside real data: `samples.png`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from gancheck.report.plots.pixel_page import LINE, MARGIN, TITLE, Page, inches, mosaic
from gancheck.report.plots.projection import Array, plane
from gancheck.report.plots.scatter import POINTS, Panel, scatter
from gancheck.report.plots.style import canvas
from gancheck.report.text.headline import headline
from gancheck.scoring.examples import Labels, PictureExamples
from gancheck.scoring.scores import Scores

SIDE = 8  #: images in a row and in a column
BETWEEN = 40  #: pixels between the grids


def beside(path: Path, scores: Scores, material: PictureExamples) -> Path:
    """Two grids of images, the first ones of each, or two clouds of points with the dropped modes marked."""
    return image_grids(path, scores, material) if material.is_image else point_clouds(path, scores, material)


def image_grids(path: Path, scores: Scores, material: PictureExamples) -> Path:
    """The first 64 samples left, the first 64 real images right: nothing is picked."""
    count = min(SIDE * SIDE, len(material.samples), len(material.real))
    grids = {"samples": mosaic(material.samples[:count], SIDE), "real data": mosaic(material.real[:count], SIDE)}
    block = grids["samples"]
    title, width = headline(scores), 2 * MARGIN + 2 * block.width + BETWEEN
    with canvas(path, *inches(width, MARGIN + TITLE + LINE + block.height + MARGIN, title)) as figure:
        page = Page(figure, title)
        for left, (name, grid) in zip((MARGIN, MARGIN + block.width + BETWEEN), grids.items(), strict=True):
            page.text(left, MARGIN + TITLE - 8, name, weight="bold", fontsize=9.5)
            page.picture(left, MARGIN + TITLE + LINE - 8, grid)
    return path


def point_clouds(path: Path, scores: Scores, material: PictureExamples) -> Path:
    """Real points and samples on one scale; beyond two dimensions on the real data's two principal axes."""
    real, samples = flat(material.real), flat(material.samples)
    project = plane(real)
    name = "samples" if real.shape[1] <= 2 else "samples on 2 principal axes"
    centres, held = mark_missing(scores.per_mode, project(real), material.real_modes)
    panel = Panel(name, project(samples[:POINTS]), held)
    scatter(path, project(real[:POINTS]), [panel], centres, title=headline(scores))
    return path


def mark_missing(
    modes: pl.DataFrame, real: Array, labels: Labels | None
) -> tuple[Array | None, NDArray[np.bool_] | None]:
    """Centres (K, 2) of the modes that have real points, and (K,) which of them are not dropped."""
    if labels is None or modes.is_empty():
        return None, None
    rows = [row for row in modes.select("mode", "status").iter_rows() if (labels == row[0]).any()]
    if not rows:
        return None, None
    centres = np.stack([real[labels == mode].mean(axis=0) for mode, _ in rows])
    return centres, np.array([status not in ("dropped", "unclear") for _, status in rows])


def flat(x: NDArray[np.floating]) -> Array:
    """(n, d) float64."""
    made: Array = np.asarray(x, np.float64).reshape(len(x), -1)
    return made
