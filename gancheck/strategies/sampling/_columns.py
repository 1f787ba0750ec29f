"""Samples changed together with what they were made from."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

from gancheck.gans.game import Sample


def each(change: Callable[..., Tensor], *samples: Sample) -> Sample:
    """Every column of some samples changed together; where there are no latents or codes, none."""
    columns = zip(*(sample[:3] for sample in samples), strict=True)
    x, z, code = (None if column[0] is None else change(*column) for column in columns)
    assert x is not None
    return Sample(x, z, code, real=False)
