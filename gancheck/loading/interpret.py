"""From raw numbers to samples: points as they came, images in [-1, 1], after a look at all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import torch
from torch import Tensor

from gancheck.errors import BadData
from gancheck.loading.layout import SHAPES, Layout, layout
from gancheck.loading.options import NO_OPTIONS, ReadOptions
from gancheck.loading.ranges import Range, Survey, decide_range
from gancheck.loading.raw import Array, Raw
from gancheck.loading.samples import Samples

Stream = Callable[[], Iterator[Tensor]]
LOOKED_AT = 2_000  #: samples of an endless source that the value range is decided from


def interpret(raw: Raw, options: ReadOptions = NO_OPTIONS, like: Samples | None = None) -> Samples:
    """What the numbers mean, decided over all of them; BadData where they mean nothing."""
    if not raw.shape:
        raise BadData(f"{raw.name} holds single numbers in a row; give {SHAPES} (1-D points as (n, 1))")
    if 0 in raw.shape:
        raise BadData(f"{raw.name} holds no samples: its shape is (n, {', '.join(map(str, raw.shape))})")
    return points(raw) if len(raw.shape) == 1 else images(raw)


def points(raw: Raw) -> Samples:
    """(n, d): float32 stays float32, all else becomes float64."""
    survey = survey_values(raw, lambda batch: batch)
    survey.refuse_broken(raw.name)
    short = survey.dtype is not None and survey.dtype.kind == "f" and survey.dtype.itemsize <= 4
    dtype = np.float32 if short else np.float64

    def stream() -> Iterator[Tensor]:
        for batch in check_batches(raw):
            if raw.endless:
                refuse_later(batch, raw.name, None)
            yield torch.from_numpy(np.array(batch, dtype=dtype))

    return build_samples(raw, raw.shape, survey, stream)


def images(raw: Raw) -> Samples:
    """(n, c, h, w) float32 in [-1, 1]; an alpha channel is dropped where it hides nothing."""
    form = raw.layout or layout(raw.shape, raw.name)
    survey = survey_values(raw, form.colours)
    survey.refuse_broken(raw.name)
    span = decide_range(survey, raw.name)
    if form.alpha:
        refuse_transparent(raw, form, span)

    def stream() -> Iterator[Tensor]:
        for batch in map(form.colours, check_batches(raw)):
            if raw.endless:
                refuse_later(batch, raw.name, span)
            yield scale_batch(batch, span)

    looked = f" (decided from the first {survey.count:,})" if raw.endless else ""
    notes = (form.note, f"pixel values read as {span.words}{looked}")
    return build_samples(raw, (form.shape[0] - form.alpha, *form.shape[1:]), survey, stream, notes)


def survey_values(raw: Raw, part: Callable[[Array], Array]) -> Survey:
    """A look at a part of every batch, or of the first few of an endless source."""
    survey = Survey()
    for batch in check_batches(raw):
        survey.add(part(batch))
        if raw.endless and survey.count >= LOOKED_AT:
            break
    return survey


def build_samples(
    raw: Raw, shape: tuple[int, ...], survey: Survey, stream: Stream, notes: tuple[str, ...] = ()
) -> Samples:
    """The samples, once their number is known."""
    if not survey.count:
        raise BadData(f"{raw.name} holds no samples")
    if raw.labels is not None and len(raw.labels) != survey.count:
        raise BadData(f"{raw.name} holds {survey.count:,} samples but {len(raw.labels):,} labels; give one a sample")
    count = None if raw.endless else survey.count
    said = (*raw.notes, *filter(None, notes))
    return Samples(raw.name, shape, count, stream, raw.labels, raw.classes, raw.files, said)


def check_batches(raw: Raw) -> Iterator[Array]:
    """The batches, each of plain numbers and of one shape."""
    for batch in raw.read():
        refuse_kind(batch.dtype, raw.name)
        if batch.shape[1:] != raw.shape:
            raise BadData(f"{raw.name}: some samples have shape {raw.shape}, others {batch.shape[1:]}; give one shape")
        with np.errstate(over="ignore"):  # infinite values are refused by their number
            narrow = batch.astype(np.float64) if batch.dtype.itemsize > 8 else batch
        yield narrow


def refuse_kind(dtype: np.dtype[np.generic], name: str) -> None:
    """BadData for anything but integers and floats."""
    if dtype.kind not in "fiu":
        kinds = {"b": "true and false", "c": "complex numbers", "U": "text", "S": "text", "O": "Python objects"}
        found = kinds.get(dtype.kind, f"values of type {dtype}")
        raise BadData(f"{name} holds {found}; save plain numbers (float32, float64 or uint8)")


def refuse_later(batch: Array, name: str, span: Range | None) -> None:
    """BadData where a later batch of an endless source breaks what the first ones promised."""
    survey = Survey()
    survey.add(batch)
    survey.refuse_broken(name)
    if span is not None and not span.holds(survey):
        raise BadData(
            f"{name}: the first samples were {span.words}, later ones run to {survey.low:.6g} and "
            f"{survey.high:.6g}; bring all to one range"
        )


def refuse_transparent(raw: Raw, form: Layout, span: Range) -> None:
    """BadData where the fourth channel hides anything."""
    alpha = survey_values(raw, lambda batch: form.arrange(batch)[:, 3:])
    if alpha.broken or alpha.low < span.high:
        raise BadData(
            f"{raw.name} has an alpha channel that is not opaque everywhere; blend it with a background first"
        )


def scale_batch(batch: Array, span: Range) -> Tensor:
    """(b, c, h, w) float32 in [-1, 1], a copy."""
    x = torch.from_numpy(np.array(batch, dtype=np.float32, order="C"))
    return x.sub_(span.low).mul_(2 / (span.high - span.low)).sub_(1).clamp_(-1, 1)
