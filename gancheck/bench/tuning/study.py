"""One recipe's trials, kept in a journal: stopped at any point, a study goes on as if it had not been."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gancheck.bench.tuning.recipe_space import RecipeSpace, Values
from gancheck.bench.tuning.sampling import SamplerName, distribution, grid_point, optuna_module, sampler_of
from gancheck.errors import StoreError
from gancheck.system.files import refuse_link

if TYPE_CHECKING:
    from optuna.storages import BaseStorage
    from optuna.study import Study
    from optuna.trial import FrozenTrial, Trial

REASON = "reason"  #: under which the journal keeps why a trial failed
WATCHED = 4  #: trials of a recipe that are never given up early, so that there is a median to compare with


def open_journal(path: Path) -> BaseStorage:
    """The storage in which all studies of a folder are."""
    storages = optuna_module().storages
    path.parent.mkdir(parents=True, exist_ok=True)
    refuse_link(path)
    refuse_damaged_lines(path, drop_half_line(path))
    with refusing_damage(path):
        made: BaseStorage = storages.JournalStorage(storages.journal.JournalFileBackend(str(path)))
    return made


def drop_half_line(path: Path) -> list[bytes]:
    """The lines of a journal. A last one that was not written to its end is cut off, as the next one would be written
    on behind it. StoreError for a file that is no journal."""
    text = path.read_bytes() if path.exists() else b""
    if text and not text.startswith(b"{"):
        raise StoreError(f"{path} is damaged or no journal of gancheck tune; remove it and tune again")
    lines = text.splitlines(keepends=True)
    if lines and not is_whole(lines[-1]):
        os.truncate(path, len(text) - len(lines.pop()))
    return lines


def refuse_damaged_lines(path: Path, lines: Sequence[bytes]) -> None:
    """StoreError where a line is none: Optuna lets a damaged last one pass until another is written behind it."""
    for number, line in enumerate(lines, start=1):
        if not is_whole(line):
            raise StoreError(f"{path} is damaged in line {number}; remove it and tune again: runs that are there count")


def is_whole(line: bytes) -> bool:
    """Whether a line of a journal was written to its end."""
    try:
        return line.endswith(b"\n") and isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


@contextmanager
def refusing_damage(path: Path) -> Iterator[None]:
    """StoreError for whatever a damaged journal makes of the library that reads it."""
    try:
        yield
    except Exception as error:
        raise StoreError(
            f"{path} is damaged ({type(error).__name__}: {error}); remove it and tune again: runs that are there count"
        ) from error


@dataclass(frozen=True)
class RecipeStudy:
    """The trials of one recipe. The first is the recipe as it is, so that tuning never has less to choose from."""

    space: RecipeSpace
    study: Study
    trials: int  #: that the recipe gets, those given up early among them
    sampler: SamplerName = "tpe"
    seed: int = 0

    @classmethod
    def open(
        cls,
        storage: BaseStorage,
        name: str,
        space: RecipeSpace,
        trials: int,
        tasks: int,
        sampler: SamplerName,
        seed: int,
    ) -> RecipeStudy:
        """The study of this name, as far as the journal has it. A trial is given up where it is below the median of the
        earlier ones when half of the tasks are done."""
        optuna = optuna_module()
        pruner = optuna.pruners.MedianPruner(n_startup_trials=WATCHED, n_warmup_steps=tasks // 2)
        study = optuna.create_study(
            storage=storage, study_name=name, direction="maximize", pruner=pruner, load_if_exists=True
        )
        refuse_strange_trials(study, space)
        return cls(space, study, trials, sampler, seed)

    def next_trial(self) -> Trial | None:
        """The trial that was begun and not ended, or the next; None when there were enough."""
        known = self.study.get_trials(deepcopy=False)
        number = len([trial for trial in known if trial.state.is_finished()])
        if number >= self.trials:  # one that was begun for a larger number waits for that
            return None
        if running := [trial for trial in known if trial.state.name == "RUNNING"]:
            resumed: Trial = optuna_module().trial.Trial(self.study, running[0]._trial_id)
            return resumed
        waiting = any(trial.state.name == "WAITING" for trial in known)
        if (fixed := self.fixed_values(number)) and not waiting:
            self.study.enqueue_trial(fixed)
        self.study.sampler = sampler_of(self.sampler, self.seed, self.space.recipe, number)
        return self.study.ask({name: distribution(space) for name, space in self.space.spaces.items()})

    def fixed_values(self, number: int) -> Values:
        """The values of a trial that are not drawn: the first one's, and a grid's."""
        if number == 0:
            return self.space.defaults
        return grid_point(self.space, self.trials - 1, self.seed, number - 1) if self.sampler == "grid" else {}

    def report(self, trial: Trial, value: float, step: int) -> bool:
        """Say how good a trial is after a task; whether it is to be given up."""
        if step not in self.study.get_trials(deepcopy=False)[trial.number].intermediate_values:
            trial.report(value, step)
        return bool(trial.should_prune())

    def tell(self, trial: Trial, value: float | None, *, state: str) -> None:
        """End a trial: "COMPLETE" with its value, "PRUNED" or "FAIL"."""
        self.study.tell(trial, value if state == "COMPLETE" else None, getattr(optuna_module().trial.TrialState, state))

    def fail(self, trial: Trial, reason: str) -> None:
        """End a trial that has no value, and keep why."""
        trial.set_user_attr(REASON, reason)
        self.tell(trial, None, state="FAIL")

    @property
    def ended(self) -> list[FrozenTrial]:
        """The trials that count."""
        found = [trial for trial in self.study.get_trials(deepcopy=False) if trial.state.is_finished()]
        return found[: self.trials]

    @property
    def best(self) -> FrozenTrial | None:
        """The best of the trials that saw all tasks, of equals the first; None where no trial had a value."""
        whole = [trial for trial in self.ended if trial.state.name == "COMPLETE"]
        return max(whole, key=lambda trial: (value_of(trial), -trial.number), default=None)


def refuse_strange_trials(study: Study, space: RecipeSpace) -> None:
    """StoreError where a journal holds trials of other parameters than are open, or without the value that they had."""
    known = {name: distribution(each) for name, each in space.spaces.items()}
    for trial in study.get_trials(deepcopy=False):
        fits = all(known.get(name) == each for name, each in trial.distributions.items())
        if not fits or (trial.state.name == "COMPLETE" and trial.values is None):
            what = f"trial {trial.number} of '{space.recipe}' is not one of gancheck tune"
            raise StoreError(f"{what}; remove the journal and tune again: runs that are there count")


def value_of(trial: FrozenTrial) -> float:
    """Of a trial that is complete."""
    value: Any = trial.value
    return float(value)
