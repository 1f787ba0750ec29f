"""Numbers whose squares are beyond float64, or below: no distance between such samples can be told."""

from __future__ import annotations

import numpy as np

from gancheck.errors import BadData
from gancheck.loading.raw import Raw
from gancheck.loading.survey import Survey, check_batches

LARGEST = 1e150  #: its square, summed over thousands of columns, is still a float64
SMALLEST = 1e-150  #: its square is still a float64 with all its digits


def refuse_huge(raw: Raw, survey: Survey) -> None:
    """BadData that names the first column with a value beyond what can be squared."""
    if max(abs(survey.low), abs(survey.high)) <= LARGEST or not survey.count:
        return
    for batch in check_batches(raw):
        rows = batch.reshape(len(batch), -1)
        beyond = np.abs(rows) > LARGEST
        if beyond.any():
            column = int(beyond.any(0).argmax())
            value = float(rows[beyond[:, column].argmax(), column])
            raise BadData(
                f"{raw.name}: {name_of(raw, column)} runs to {value:.4g}, whose square is beyond float64; "
                "divide it by a power of ten, in samples and reference alike"
            )


def refuse_tiny(raw: Raw, survey: Survey) -> None:
    """BadData where all values are too near to 0 to be squared, and not all are 0."""
    largest = max(abs(survey.low), abs(survey.high))
    if survey.count and 0 < largest < SMALLEST:
        raise BadData(
            f"{raw.name}: no value is farther from 0 than {largest:.4g}, whose square is below float64; multiply all "
            "by a power of ten, in samples and reference alike"
        )


def name_of(raw: Raw, column: int) -> str:
    """`column 'mass'`, or `column 2` where columns have no names."""
    named = raw.schema is not None and raw.schema.named
    return f"column '{raw.schema.coordinates[column]}'" if named and raw.schema else f"column {column + 1}"
