"""Pictures of what was found: how large the modes are, what lies apart, what is there twice."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from matplotlib.axes import Axes
from numpy.typing import NDArray
from torch import Tensor

from gancheck.inspection.inspection import Inspection
from gancheck.inspection.summary import names
from gancheck.loading.samples import Samples
from gancheck.report.plots.style import FAKE, INK, MISSING, MUTED, bare, canvas, heading

Array = NDArray[np.float64]
IMAGES = 40  #: on a contact sheet at most
PAIRS = 20
NAMED = 40  #: bars that get their name
POINTS = 5_000  #: drawn at most
SMALL = 96  #: pixels a side below which pixels stay squares
NAME = 24  #: letters of a mode's name
FILE = 18  #: letters of a file's name
WIDE, LEAST = 8.5, 4.2  #: inches, of a contact sheet
GAP, HEAD = 0.12, 0.44  #: inches between pictures, and above each


def draw(found: Inspection, folder: Path) -> list[Path]:
    """Write what there is to see; the paths of the pictures."""
    made = []
    if found.facts["modes"]:
        made.append(bars(folder / "modes.png", found))
    if found.samples.is_image and found.outliers:
        made.append(outliers(folder / "outliers.png", found))
    if found.samples.is_image and found.pairs:
        made.append(pairs(folder / "near-duplicates.png", found))
    if found.samples.shape == (2,):
        made.append(points(folder / "points.png", found))
    return made


def bars(path: Path, found: Inspection) -> Path:
    """Samples of each mode, the largest on top, with a line at equal shares."""
    rows = sorted(found.facts["modes"], key=lambda row: -row["samples"])
    called = [short(row["name"]) for row in rows] if len(rows) <= NAMED else []
    counts = np.array([row["samples"] for row in rows])
    height, left = (0.21 * len(rows) if called else 3.6), 0.2 + 0.07 * max(map(len, called), default=0)
    page = (left + 5.3, height + 1.05)
    with canvas(path, *page) as figure:
        axes = figure.add_axes((left / page[0], 0.5 / page[1], 5.1 / page[0], height / page[1]))
        axes.barh(np.arange(len(rows)), counts, height=0.72 if called else 1.0, color=FAKE)
        axes.axvline(counts.mean(), color=MUTED, linewidth=0.9, linestyle=(0, (4, 2)), zorder=0.5)
        axes.set(ylim=(len(rows) - 0.4, -0.6), xlim=(0, counts.max() * 1.13), xlabel="samples")
        axes.set_yticks(np.arange(len(called)), called)
        axes.tick_params(axis="y", length=0, labelcolor=INK)
        for i, count in enumerate(counts if called else ()):
            number(axes, int(count), i)
        sort = {"class": "classes", "cluster": "clusters"}[found.facts["modes_by"]]
        heading(axes, f"{len(rows)} {sort} of {found.what}", "dashed: equal shares", room=60)
    return path


def number(axes: Axes, count: int, at: int) -> None:
    """The count at the end of a bar, readable on the dashed line too."""
    around: dict[str, Any] = {"boxstyle": "square,pad=0.1", "facecolor": "white", "edgecolor": "none"}
    place: dict[str, Any] = {"textcoords": "offset points", "va": "center", "bbox": around}
    axes.annotate(f"{count:,}", (count, at), (4, 0), fontsize=7.5, **place)


def outliers(path: Path, found: Inspection) -> Path:
    """Contact sheet of the farthest outliers."""
    rows = found.outliers[:IMAGES]
    prints = [
        Print(pixels(image), caption(found.samples, row), f"{far:.1f} times")
        for row, far, image in zip(rows, found.remoteness, pick_images(found.samples, rows), strict=False)
    ]
    note = f"{len(rows)} of {len(found.outliers):,}, farthest first: distance to neighbours over the usual"
    return sheet(path, prints, "Outliers", note, 0.95)


def pairs(path: Path, found: Inspection) -> Path:
    """The closest near-duplicates, side by side."""
    chosen = found.pairs[:PAIRS]
    images = [pixels(image) for image in pick_images(found.samples, [row for pair in chosen for row in pair])]
    gap = np.ones((images[0].shape[0], max(1, images[0].shape[1] // 12), 3))
    prints = [
        Print(np.concatenate([left, gap, right], axis=1), caption(found.samples, one), caption(found.samples, other))
        for (one, other), left, right in zip(chosen, images[::2], images[1::2], strict=True)
    ]
    note = f"{len(chosen)} of {len(found.pairs):,} pairs, the closest first"
    return sheet(path, prints, "Near-duplicates", note, 0.95)


def points(path: Path, found: Inspection) -> Path:
    """A scatter with outliers marked; crowded data is thinned, outliers are not, and lie on the frame if far beyond."""
    step = max(1, found.facts["n"] // POINTS)
    features = torch.cat(list(found.samples.stream()))[::step].double().numpy()
    strays = pick_images(found.samples, found.outliers).double().numpy().reshape(-1, 2)
    low, high = np.quantile(features, (0.005, 0.995), axis=0)
    centre, span = (low + high) / 2, float((high - low).max()) or 1.0
    half = float(np.clip(1.05 * np.abs(strays - centre).max(initial=0), 0.6 * span, 1.2 * span))
    seen = features[(np.abs(features - centre) <= half).all(axis=1)]
    with canvas(path, 5.2, 5.6) as figure:
        axes = figure.add_axes((0.09, 0.06, 0.88, 0.88 * 5.2 / 5.6))
        axes.scatter(seen[:, 0], seen[:, 1], s=3, c=INK, alpha=0.4, linewidths=0)
        where = np.clip(strays, centre - half, centre + half)
        axes.scatter(
            where[:, 0],
            where[:, 1],
            s=46,
            facecolors="none",
            edgecolors=MISSING,
            linewidths=1.2,
            clip_on=False,
            zorder=3,
        )
        axes.set(xlim=(centre[0] - half, centre[0] + half), ylim=(centre[1] - half, centre[1] + half))
        heading(axes, found.what, legend(strays, int((where != strays).any(axis=1).sum()), step), room=55)
    return path


def legend(strays: Array, beyond: int, step: int) -> str:
    """What the marks mean."""
    thinned = f"one in {step:,} drawn; " if step > 1 else ""
    marked = f"red circle: outlier ({len(strays):,}" if len(strays) else "no outliers"
    return thinned + marked + (f", {beyond:,} of them beyond the frame" if beyond else "") + ")" * bool(len(strays))


class Print(NamedTuple):
    """One picture of a contact sheet."""

    pixels: Array  #: (h, w, 3) in [0, 1]
    title: str
    note: str


def sheet(path: Path, prints: Sequence[Print], title: str, note: str, height: float) -> Path:
    """A contact sheet of pictures of one shape, `height` inches each, in rows as wide as the page."""
    width = height * prints[0].pixels.shape[1] / prints[0].pixels.shape[0]
    columns = max(1, int(WIDE / (width + GAP)))
    rows = -(-len(prints) // columns)
    page = (2 * GAP + max(columns if rows > 1 else len(prints), 3) * (width + GAP), 0.62 + rows * (height + HEAD) + GAP)
    page = (max(page[0], LEAST), page[1])
    with canvas(path, *page) as figure:
        figure.text(GAP / page[0], 1 - 0.1 / page[1], title, va="top", weight="bold", fontsize=11.5)
        figure.text(GAP / page[0], 1 - 0.32 / page[1], note, va="top", color=MUTED)
        for i, (picture, above, beneath) in enumerate(prints):
            row, column = divmod(i, columns)
            left, bottom = GAP + column * (width + GAP), page[1] - 0.62 - (row + 1) * (height + HEAD) + 0.05
            axes = figure.add_axes((left / page[0], bottom / page[1], width / page[0], height / page[1]))
            axes.imshow(picture, interpolation="nearest" if picture.shape[0] < SMALL else "auto", aspect="auto")
            bare(axes)
            heading(axes, above, beneath, room=round(15 * width))
    return path


def pick_images(samples: Samples, rows: Sequence[int]) -> Tensor:
    """(len(rows), *shape) those samples, in that order."""
    wanted, start = set(rows), 0
    held: dict[int, Tensor] = {}
    for batch in samples.stream():
        held |= {row: batch[row - start] for row in wanted if start <= row < start + len(batch)}
        start += len(batch)
    return torch.stack([held[row] for row in rows]) if rows else torch.empty(0, *samples.shape)


def pixels(image: Tensor) -> Array:
    """(h, w, 3) in [0, 1]."""
    x = (image.double().clamp(-1, 1) + 1) / 2
    return x.expand(3, -1, -1).permute(1, 2, 0).numpy()


def caption(samples: Samples, row: int) -> str:
    """The file of a row, where it has one."""
    return short(names(samples.files)[row], FILE) if samples.files else f"row {row}"


def short(name: str, most: int = NAME) -> str:
    """A name that fits; its end tells files apart."""
    return name if len(name) <= most else f"\N{HORIZONTAL ELLIPSIS}{name[1 - most :]}"
