"""All comparisons, by families."""

from benchmarks.strategies.parity import (
    architecture,
    features,
    later_rows,
    objectives,
    optimisation,
    penalty_rows,
    sampling,
)

COMPARISONS = (
    *objectives.COMPARISONS,
    *penalty_rows.COMPARISONS,
    *features.COMPARISONS,
    *architecture.COMPARISONS,
    *optimisation.COMPARISONS,
    *sampling.COMPARISONS,
    *later_rows.COMPARISONS,
)
