"""`gancheck tune`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from rich.table import Table

from gancheck.api.tune import read_tuning, run_tuning
from gancheck.bench.tuning.objective import BLURRED_COSTS
from gancheck.bench.tuning.outcome import TuningOutcome
from gancheck.bench.tuning.sampling import SamplerName
from gancheck.cli.console import Output
from gancheck.cli.words import Quiet, Verbose, choose_words

Several = Annotated[list[str] | None, Parameter(consume_multiple=False, negative="")]


def tune_command(
    suite: str,
    *,
    trials: int,
    sampler: SamplerName = "tpe",
    with_: Annotated[list[Path] | None, Parameter(name="--with", consume_multiple=False, negative="")] = None,
    only: Several = None,
    seeds: int | None = None,
    seed: int = 0,
    out: Path | None = None,
    jobs: int | None = None,
    threads: int | None = None,
    device: str = "auto",
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> int:
    """Choose every recipe's parameters by the same number of trials, on seeds that no board takes.

    Parameters
    ----------
    suite
        A suite's name (gancheck list suites) or a .toml file.
    trials
        How many parameter settings every recipe gets; the first is the recipe as it is.
    sampler
        tpe looks where earlier trials were good, random draws, grid takes evenly spread values.
    with_
        A plug-in file or folder; can be given several times.
    only
        strategy=a,b or dataset=a or gan=a: a part of the suite.
    seeds
        Tuning seeds per trial and task; one block unless given.
    seed
        Of the sampler.
    out
        Folder of trials and results; runs/<suite>+tuning unless given. The same call goes on where it stopped.
    jobs
        Worker processes; one per core unless given. They change no number.
    threads
        Threads of each worker; one on a CPU unless given.
    device
        auto, cpu, cuda or cuda:1.
    """
    words = choose_words(quiet, verbose)
    tuning = read_tuning(suite, trials, sampler, only or (), seeds, seed, with_ or (), out, device)
    outcome = run_tuning(tuning, jobs, threads, words)
    if words != "quiet":
        show_tuning(outcome)
    print(outcome)
    return 0


def show_tuning(outcome: TuningOutcome) -> None:
    """The table for people, and what they should know."""
    output = Output()
    output.print(tuning_table(outcome))
    for note in outcome.notes:
        output.print(note, soft_wrap=True)
    output.print("Values are of tuning seeds, on which the best of several trials looks better than it is: rank it.")


def tuning_table(outcome: TuningOutcome) -> Table:
    """A row per recipe: its value as it is and tuned, and what it is now."""
    table = Table(title=f"{outcome.origin.name}, version {outcome.origin.version}, tuned", title_justify="left")
    for column in ("recipe", "as it is", "tuned", "trials", "parameters now"):
        table.add_column(column, justify="right" if column in ("as it is", "tuned", "trials") else "left")
    for recipe in outcome.recipes:
        values = [in_words(value) for value in (recipe.value_at_defaults, recipe.value)]
        table.add_row(recipe.recipe, *values, str(len(recipe.trials)), recipe.tuned)
    return table


def in_words(value: float | None) -> str:
    """A share of modes held; blurred samples are said, and so is that nothing came out."""
    if value is None:
        return "none"
    return f"{value:.2f}" if value >= 0 else f"{value + BLURRED_COSTS:.2f} blurred"
