"""Images and videos: from their own numbers to [-1, 1]."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from gancheck.errors import BadData
from gancheck.loading.kinds import Form
from gancheck.loading.layout import Layout
from gancheck.loading.ranges import decide_range, overshoots
from gancheck.loading.raw import Array, Raw
from gancheck.loading.samples import Samples
from gancheck.loading.survey import Survey, check_batches, survey_values
from gancheck.loading.value_range import Range


def read_pictures(raw: Raw, form: Form, like: Samples | None) -> tuple[Samples, Survey]:
    """([f,] c, h, w) float32 in [-1, 1] as their layout says; an alpha channel is dropped where it hides nothing."""
    assert form.layout is not None
    axes = form.layout
    survey = survey_values(raw, axes.colours)
    survey.refuse_broken(raw.name)
    span, said = decide_range(survey, raw.name, like, raw.span)
    if axes.alpha:
        refuse_transparent(raw, axes, span)

    def stream() -> Iterator[Tensor]:
        for batch in map(axes.colours, check_batches(raw)):
            if raw.endless:
                refuse_later(batch, raw.name, span)
            yield scale_batch(batch, span)

    looked = f" (decided from the first {survey.count:,})" if raw.endless else ""
    notes = (form.note, f"{said}{looked}")
    return Samples(raw.name, axes.visible, None, stream, kind=form.kind, span=span, notes=notes), survey


def refuse_later(batch: Array, name: str, span: Range) -> None:
    """BadData where a later batch of an endless source breaks what the first ones promised."""
    survey = Survey()
    survey.add(batch)
    survey.refuse_broken(name)
    if not (span.holds(survey.low, survey.high) or overshoots(survey, span)):
        raise BadData(
            f"{name}: the first samples were {span.words}, later ones run to {survey.low:.6g} and "
            f"{survey.high:.6g}; bring all to one range"
        )


def refuse_transparent(raw: Raw, axes: Layout, span: Range) -> None:
    """BadData where the fourth channel hides anything."""
    alpha = survey_values(raw, lambda batch: axes.arrange(batch)[..., 3:, :, :])
    if alpha.broken or alpha.low < span.high:
        raise BadData(
            f"{raw.name} has an alpha channel that is not opaque everywhere; blend it with a background first"
        )


def scale_batch(batch: Array, span: Range) -> Tensor:
    """(b, [f,] c, h, w) float32 in [-1, 1], a copy."""
    x = torch.from_numpy(np.array(batch, dtype=np.float32, order="C"))
    return x.sub_(span.low).mul_(2 / (span.high - span.low)).sub_(1).clamp_(-1, 1)
