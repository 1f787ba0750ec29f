"""`gancheck.tune` and `gancheck.compare_tracks`, as Python users call them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from gancheck.api.run import list_names
from gancheck.bench.execution.local import LocalExecutor
from gancheck.bench.selection import parse_only, select
from gancheck.bench.suite import Suite
from gancheck.bench.suite_file import check_suite, load_suite
from gancheck.bench.tuning.outcome import TuningOutcome
from gancheck.bench.tuning.sampling import SamplerName
from gancheck.bench.tuning.track_comparison import TrackComparison
from gancheck.bench.tuning.tune import Tuning, tune_suite
from gancheck.errors import BadParameter, refuse_unknown
from gancheck.plugins.registry import Registry
from gancheck.report.plots.moved_ranks import draw_moved_ranks
from gancheck.report.text.progress import RunBar, Words


def tune(
    suite: str | Path | Suite,
    trials: int,
    *,
    sampler: SamplerName = "tpe",
    only: str | Sequence[str] = (),
    seeds: int | None = None,
    seed: int = 0,
    plugins: Sequence[str | Path] = (),
    out: str | Path | None = None,
    jobs: int | None = None,
    threads: int | None = None,
    device: str = "auto",
) -> TuningOutcome:
    """Choose the parameters of every recipe of a suite by the same number of trials, and write a suite of the best.

    What is looked for: the parameters for which strategies declare a space (`search=` in their decorator) and the
    suite's recipes set no value, and the learning rates of generator and discriminator. The first trial is the recipe
    as it is. Trials are ordinary runs on seeds from 1,000,000 on, which no board takes; they go by modes held, and
    those whose samples are blurred come last, as on a board. `sampler` is "tpe", "random" or "grid", `only` as on the
    command line ("strategy=r1"), `seeds` per trial and task one block unless given, `seed` the sampler's.
    `out` is `runs/<suite>+tuning` unless given; a call that was stopped goes on from there, with the same result.

    Gives a `TuningOutcome` and writes tuned.toml (which `gancheck.run` ranks, on the track "tuned"), tuning.csv and
    trials.csv. Needs Optuna: pip install 'gancheck[tune]'.
    Raises UnknownName, BadParameter, BadSuite or BadPlugin for bad input, BadSuite where no trial had a value,
    Unsupported without Optuna, StoreError where `out` cannot be used or is being tuned in.
    """
    return run_tuning(read_tuning(suite, trials, sampler, only, seeds, seed, plugins, out, device), jobs, threads)


def read_tuning(
    suite: str | Path | Suite,
    trials: int,
    sampler: SamplerName,
    only: str | Sequence[str],
    seeds: int | None,
    seed: int,
    plugins: Sequence[str | Path],
    out: str | Path | None,
    device: str,
) -> Tuning:
    """What is to be tuned, read and checked; nothing is written yet."""
    refuse_unknown(sampler, get_args(SamplerName), "a sampler", BadParameter)
    registry = Registry.load(plugins)
    whole = check_suite(suite, registry) if isinstance(suite, Suite) else load_suite(suite, registry)
    chosen = select(whole, registry, parse_only(list_names(only) if isinstance(only, str) else only))
    return Tuning.of(chosen, registry, trials, sampler, seeds, seed, plugins, out, device)


def run_tuning(tuning: Tuning, jobs: int | None, threads: int | None, words: Words = "normal") -> TuningOutcome:
    """Make the trials, with progress on standard error, and write what they found."""
    executor = LocalExecutor.of(tuning.plan.device, len(tuning.suite.recipes), jobs, threads)
    with RunBar(len(tuning.plan.specs) * tuning.trials, words=words) as bar:
        outcome = tune_suite(tuning, executor, bar)
    outcome.write()
    return outcome


def compare_tracks(tuning: str | Path, default: str | Path, tuned: str | Path, out: str | Path) -> TrackComparison:
    """How the ranks of a suite move from default to tuned parameters: `tuning` is the folder of `gancheck.tune`,
    `default` and `tuned` are the results of the suite and of tuned.toml, made with the same seeds and budget. Ranks are
    among the tuned recipes alone, whatever else the folders hold.

    Writes moves.csv and moves.png into `out`. Raises StoreError for folders of something else, BadData where the two
    boards have no task and seed in common.
    """
    comparison = TrackComparison.read(Path(tuning), Path(default), Path(tuned))
    comparison.write(Path(out))
    draw_moved_ranks(comparison.rows(), Path(out) / "moves.png")
    return comparison
