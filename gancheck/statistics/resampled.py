"""How sure a mean over folds is, whose training sets overlap.

Nadeau & Bengio, "Inference for the generalization error", Machine Learning 2003.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence

from gancheck.statistics.intervals import Interval


def corrected_resampled_t(errors: Sequence[float], held_out_ratio: float, level: float = 0.95) -> Interval:
    """Mean of the folds' errors with Nadeau and Bengio's corrected resampled t interval.

    Folds share most of their training rows, so their errors are not independent and the ordinary interval is too
    short. The variance of the mean is s^2 (1/k + m/n), with m held-out and n training rows in a fold
    (`held_out_ratio`: m/n), and there are k - 1 degrees of freedom. No bounds below two folds, or where an error is
    not finite.
    """
    mean = math.fsum(errors) / len(errors)
    if len(errors) < 2 or not math.isfinite(mean):
        return Interval(mean, None, None)
    from scipy.special import stdtrit  # with others that take a second to import

    error = statistics.stdev(errors) * math.sqrt(1 / len(errors) + held_out_ratio)
    half = float(stdtrit(len(errors) - 1, (1 + level) / 2)) * error
    return Interval(mean, mean - half, mean + half)
