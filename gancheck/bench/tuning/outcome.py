"""What tuning found: every recipe's best parameters, as tables and as a suite that can be ranked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from gancheck.bench.suite import Suite
from gancheck.bench.suite_writer import write_suite
from gancheck.strategies.untreated import UNTREATED
from gancheck.system.counts import say_count
from gancheck.system.files import write_text
from gancheck.system.tables import Row, csv
from gancheck.version import version

COLUMNS = (
    *(
        "strategy",
        "tuned",
        "value",
        "value_at_defaults",
        "trials",
        "given_up",
        "failed",
        "parameters",
        "sampler",
        "seeds",
    ),
    *("suite", "suite_version", "gancheck"),
)
TRIAL_COLUMNS = ("strategy", "trial", "tuned", "state", "value", "reason")


class TrialResult(NamedTuple):
    """What became of one trial."""

    recipe: str
    state: str  #: "complete", "pruned" or "fail"
    value: float | None  #: of one that is complete
    reason: str  #: why it failed


@dataclass(frozen=True)
class TunedRecipe:
    """One recipe's trials. Values are shares of modes held on tuning seeds, less 2 where samples are blurred."""

    recipe: str
    tuned: str  #: the same with the parameters of its best trial
    trials: tuple[TrialResult, ...]
    value: float | None  #: of the best
    value_at_defaults: float | None
    open_parameters: tuple[str, ...]  #: `strategy.parameter`, whose values were looked for

    @property
    def given_up(self) -> int:
        """Trials that did not see all tasks, as they were behind."""
        return sum(trial.state == "pruned" for trial in self.trials)

    @property
    def failed(self) -> int:
        """Trials without any value: the recipe refuses their parameters, or cannot treat a GAN of the suite."""
        return sum(trial.state == "fail" for trial in self.trials)

    @property
    def reason(self) -> str:
        """Why the first trial that failed did."""
        return next((trial.reason for trial in self.trials if trial.reason), "no run has an outcome")


@dataclass(frozen=True)
class TuningOutcome:
    """What tuning of a suite found."""

    origin: Suite
    recipes: tuple[TunedRecipe, ...]
    sampler: str
    seeds: int  #: per trial and task
    folder: Path

    @property
    def suite(self) -> Suite:
        """The suite with tuned recipes, on the ranking seeds of the suite that was tuned. What gains refer to was tuned
        as all others were; where it is not among them, the suite names nothing else for it."""
        tuned = {recipe.recipe: recipe.tuned for recipe in self.recipes}
        about = f"{self.origin.name} with parameters that {self.longest} trials each chose on seeds of their own"
        recipes = tuple(dict.fromkeys(tuned.values()))
        base = tuned.get(self.origin.base, UNTREATED)
        return replace(self.origin.on_track("tuned"), recipes=recipes, about=about, base=base)

    @property
    def longest(self) -> int:
        """Trials of a recipe."""
        return max(len(recipe.trials) for recipe in self.recipes)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of the table should know: recipes for which nothing was found, and no base to gain over."""
        stay = [
            f"{one.recipe} stays as it is, as none of its trials had a value: {one.reason}"
            for one in self.recipes
            if one.value is None
        ]
        has_base = self.origin.base in {one.recipe for one in self.recipes}
        return (
            *stay,
            *(() if has_base else [f"{self.origin.base} was not tuned, so the board has no gains and costs"]),
        )

    @property
    def suite_file(self) -> Path:
        """Where the tuned suite is written."""
        return self.folder / "tuned.toml"

    def rows(self) -> list[Row]:
        """One row per recipe; columns are `COLUMNS`."""
        return [dict(zip(COLUMNS, self.values_of(recipe), strict=True)) for recipe in self.recipes]

    def values_of(self, recipe: TunedRecipe) -> tuple[object, ...]:
        """A recipe's row."""
        found = (recipe.recipe, recipe.tuned, recipe.value, recipe.value_at_defaults)
        counts = (len(recipe.trials), recipe.given_up, recipe.failed, " ".join(recipe.open_parameters))
        return (*found, *counts, self.sampler, self.seeds, self.origin.name, self.origin.version, version())

    def trial_rows(self) -> list[Row]:
        """One row per trial; columns are `TRIAL_COLUMNS`."""
        return [
            dict(zip(TRIAL_COLUMNS, (recipe.recipe, number, *trial), strict=True))
            for recipe in self.recipes
            for number, trial in enumerate(recipe.trials)
        ]

    def write(self) -> Path:
        """Write tuned.toml, tuning.csv and trials.csv, each by rename; returns the suite's path."""
        write_text(self.folder / "tuning.csv", csv(self.rows(), COLUMNS))
        write_text(self.folder / "trials.csv", csv(self.trial_rows(), TRIAL_COLUMNS))
        write_text(self.suite_file, write_suite(self.suite))
        return self.suite_file

    def __str__(self) -> str:
        trials, given_up = (sum(n) for n in zip(*((len(r.trials), r.given_up) for r in self.recipes), strict=True))
        counts = f"{say_count(len(self.recipes), 'recipe')}, {say_count(trials, 'trial')} ({given_up} given up early)"
        return f"{counts} -> {self.suite_file}; gancheck run {self.suite_file} ranks it"
