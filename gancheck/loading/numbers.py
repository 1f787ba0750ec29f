"""Points, time series and point clouds: numbers that stay as they came."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from gancheck.loading.kinds import Form
from gancheck.loading.magnitude import refuse_huge
from gancheck.loading.raw import Array, Raw
from gancheck.loading.samples import Samples
from gancheck.loading.survey import Survey, check_batches, survey_values


def read_numbers(raw: Raw, form: Form) -> tuple[Samples, Survey]:
    """(d), (t, c) or (p, 3): float32 stays float32, all else becomes float64."""
    survey = survey_values(raw, lambda batch: batch)
    survey.refuse_broken(raw.name)
    refuse_huge(raw, survey)
    short = survey.is_float and survey.dtype is not None and survey.dtype.itemsize <= 4
    dtype, shape = np.float32 if short else np.float64, shape_of(raw.shape, form)

    def stream() -> Iterator[Tensor]:
        for batch in check_batches(raw):
            if raw.endless:
                refuse_broken_later(batch, raw.name)
            turned = np.swapaxes(batch, 1, 2) if form.turned else batch
            yield torch.from_numpy(np.array(turned.reshape(len(batch), *shape), dtype=dtype, order="C"))

    return Samples(raw.name, shape, None, stream, kind=form.kind, notes=(form.note,)), survey


def shape_of(shape: tuple[int, ...], form: Form) -> tuple[int, ...]:
    """The shape of a sample of that form."""
    if form.kind == "points":
        return (int(np.prod(shape)),)
    whole = shape if len(shape) == 2 else (*shape, 1)
    return whole[::-1] if form.turned else whole


def refuse_broken_later(batch: Array, name: str) -> None:
    """BadData where a later batch of an endless source is not finite."""
    survey = Survey()
    survey.add(batch)
    survey.refuse_broken(name)
