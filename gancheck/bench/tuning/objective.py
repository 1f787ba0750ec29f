"""By what parameters are chosen: as the board ranks, by the modes held, and blurred samples below all others."""

from __future__ import annotations

from collections.abc import Sequence

from gancheck.bench import aggregates
from gancheck.bench.run_result import RunResult
from gancheck.bench.suite_runs import SuiteRuns

BLURRED_COSTS = 2.0  #: so that every blurred trial is below every one that is not


def value_of_runs(results: Sequence[RunResult]) -> float | None:
    """Share of modes held, mean over tasks of the mean over seeds, in [0, 1]; less 2 where the samples are blurred.

    None where no run has an outcome, as where the recipe cannot treat any task's GAN.
    """
    runs = {(run.task, run.seed): run for run in results if run.has_outcome}
    held = aggregates.interval(runs, aggregates.modes_held)
    if held is None:
        return None
    return held.mean - (BLURRED_COSTS if SuiteRuns(results).is_blurred(runs) else 0.0)
