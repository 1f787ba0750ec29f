"""What one sample is: a point, an image, a time series, a point cloud or a video.

`--kind` says it, else the reference that samples are read like, else the shape:
- (d) is a point, (h, w, c) and (c, h, w) with 1, 3 or 4 channels are images, (f, h, w, c) and (f, c, h, w) are videos;
- (a, b) of bytes, or square from 8 x 8 on with values that pixels have, is a grey image;
- (p, 3) is a point cloud, unless rows that follow one another are alike: then it is a series of 3 channels;
- any other (t, c) is a time series. Where it may as well be a grey image, it is refused rather than guessed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from gancheck.errors import BadData
from gancheck.loading.layout import CHANNELS, SHAPES, Layout, layout, video_layout
from gancheck.loading.options import Kind, ReadOptions
from gancheck.loading.ranges import guess_range
from gancheck.loading.raw import Raw
from gancheck.loading.samples import Samples
from gancheck.loading.survey import Survey, check_batches, survey_values
from gancheck.system.counts import say_count

SMALLEST = 8  #: pixels a side from which floats may be a grey image
NARROW, LONGER = 16, 4  #: channels that may come first, where the other axis is so many times as long
ALIKE = 0.5  #: correlation of successive rows, on average, from which their order means something
AXES: dict[Kind, tuple[int, ...]] = {"points": (1,), "images": (2, 3), "series": (2,), "cloud": (2,), "video": (3, 4)}
OTHERS = "name another kind with --kind points (flattened), series (n, t, c), cloud (n, p, 3) or video (n, f, h, w, c)"


@dataclass(frozen=True)
class Form:
    """What a sample is and how its axes are turned."""

    kind: Kind
    layout: Layout | None = None  #: of images and videos
    turned: bool = False  #: (c, t) to (t, c), or (3, p) to (p, 3)
    note: str = ""


def decide_form(raw: Raw, options: ReadOptions, like: Samples | None) -> Form:
    """What one sample is; BadData where that does not show, or is not what the user says."""
    if raw.layout is not None:
        if options.kind not in ("auto", "images"):
            raise BadData(f"{raw.name} holds pictures, not {options.kind}; leave --kind out")
        return Form("images", raw.layout, note=raw.layout.note)
    if options.kind != "auto":
        return FORMS[options.kind](raw, like)
    if like is not None and len(raw.shape) in AXES[like.kind]:
        return FORMS[like.kind](raw, like)
    form = guess_form(raw)
    return form if form.kind == "points" else replace(form, note=f"{form.note}; if that is wrong, say it with --kind")


def guess_form(raw: Raw) -> Form:
    """What a shape alone says, with the values where they are needed."""
    shape = raw.shape
    if len(shape) == 1:
        return Form("points")
    if len(shape) == 2:
        return guess_of_two_axes(raw)
    if len(shape) == 3 and {shape[0], shape[2]} & set(CHANNELS):
        return image_form(raw, None)
    if len(shape) == 4 and {shape[1], shape[3]} & set(CHANNELS):
        return video_form(raw, None)
    raise BadData(f"{raw.name}: shape {describe_shape(shape)} is none of {SHAPES}; {OTHERS}")


def guess_of_two_axes(raw: Raw) -> Form:
    """Grey images, series or clouds."""
    survey, (first, last) = survey_values(raw, lambda batch: batch), raw.shape
    if survey.dtype in (np.uint8, np.uint16):
        return image_form(raw, None)
    large, pixels = min(first, last) >= SMALLEST, has_pixels(survey)
    if large and first == last and pixels:
        return image_form(raw, None)
    if large and (pixels or first == last):
        raise BadData(
            f"{raw.name}: shape {describe_shape(raw.shape)} may be grey images of {first} x {last} or series of "
            f"{first} steps in {last} channels, with values from {survey.low:.4g} to {survey.high:.4g}; say which with "
            "--kind images or --kind series (kind= in Python)"
        )
    if 3 in (first, last) and max(first, last) >= NARROW and mean_correlation(raw, first == 3) < ALIKE:
        return cloud_form(raw, None)
    return series_form(raw, None)


def has_pixels(survey: Survey) -> bool:
    """Whether all values lie in a range that pixels have."""
    try:
        guess_range(survey, "")
    except BadData:
        return False
    return True


def mean_correlation(raw: Raw, turned: bool) -> float:
    """Correlation of successive rows of a sample, -1 to 1, over the first batch."""
    batch = next(check_batches(raw), np.zeros((1, *raw.shape))).astype(np.float64)
    x = np.swapaxes(batch, 1, 2) if turned else batch
    centred = x - x.mean(1, keepdims=True)
    whole = float(np.nan_to_num(np.square(centred)).sum())
    return float(np.nan_to_num(centred[:, 1:] * centred[:, :-1]).sum()) / whole if whole else 0.0


def points_form(raw: Raw, like: Samples | None) -> Form:
    """Any shape, flattened."""
    note = f"each sample of shape {raw.shape} flattened to a point" if len(raw.shape) > 1 else ""
    return Form("points", note=note)


def image_form(raw: Raw, like: Samples | None) -> Form:
    """(h, w), (c, h, w) or (h, w, c)."""
    form = layout(raw.shape, raw.name)
    return Form("images", form, note=form.note)


def video_form(raw: Raw, like: Samples | None) -> Form:
    """(f, h, w), (f, c, h, w) or (f, h, w, c)."""
    form = video_layout(raw.shape, raw.name)
    return Form("video", form, note=form.note)


def series_form(raw: Raw, like: Samples | None) -> Form:
    """(t, c), or (c, t) where the first axis is much the shorter or the reference says so; (t) is one channel."""
    first, last = two_axes(raw, "(n, t, c) for series of t steps in c channels")
    turned = is_turned(raw.shape, like, first <= NARROW and last >= max(NARROW, LONGER * first))
    steps, channels = (last, first) if turned else (first, last)
    order = ", channels first" if turned else ""
    form = f"{say_count(steps, 'step')} in {say_count(channels, 'channel')}"
    return Form("series", turned=turned, note=f"read as time series of {form}{order}")


def cloud_form(raw: Raw, like: Samples | None) -> Form:
    """(p, 3), or (3, p); other numbers of coordinates come last."""
    first, last = two_axes(raw, "(n, p, 3) for clouds of p points")
    turned = is_turned(raw.shape, like, first == 3 and last != 3)
    size, dimension = (last, first) if turned else (first, last)
    form = f"{say_count(size, 'point')} in {say_count(dimension, 'dimension')}"
    return Form("cloud", turned=turned, note=f"read as clouds of {form}, in any order")


def two_axes(raw: Raw, form: str) -> tuple[int, int]:
    """The axes of a sample; one alone is steps of one channel."""
    if len(raw.shape) not in (1, 2):
        raise BadData(f"{raw.name}: shape {describe_shape(raw.shape)} is not {form}")
    return raw.shape[0], raw.shape[1] if len(raw.shape) == 2 else 1


def is_turned(shape: tuple[int, ...], like: Samples | None, guess: bool) -> bool:
    """Whether the axes come the other way round: as the reference's shape says, else as guessed."""
    if len(shape) == 2 and like is not None and like.kind in ("series", "cloud"):
        return shape != like.shape and shape[::-1] == like.shape
    return guess


def describe_shape(shape: tuple[int, ...]) -> str:
    """`(n, 28, 28)`."""
    return f"(n, {', '.join(map(str, shape))})"


FORMS: dict[Kind, Callable[[Raw, Samples | None], Form]] = {
    "points": points_form,
    "images": image_form,
    "series": series_form,
    "cloud": cloud_form,
    "video": video_form,
}
