"""Options of the commands that read samples, with their help."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from gancheck.loading.options import KindOfSamples

Kind = Annotated[
    KindOfSamples,
    Parameter(
        help="What one sample is, where its shape does not say it: points (n, d), images, series (n, t, c), cloud "
        "(n, p, 3) or video."
    ),
]
ArrayName = Annotated[str | None, Parameter(help="Name of the array to read, where a file holds several.")]
Side = Annotated[int | None, Parameter(help="Side in pixels that every image is brought to.")]
ModesColumn = Annotated[str | None, Parameter(help="Column of a table whose categories are the modes.")]
