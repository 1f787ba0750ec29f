"""Tuning without training: runs are put into the store with numbers that follow from the recipe."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from gancheck.bench.cell import Job, summarise_run
from gancheck.bench.execution.base import JobResult
from gancheck.bench.merged_folders import MergedFolders
from gancheck.bench.run_spec import RunSpec
from gancheck.bench.store import Run, Store
from gancheck.bench.suite import Suite
from gancheck.bench.suite_file import load_suite
from gancheck.bench.track import TUNING_SEEDS
from gancheck.bench.tuning.outcome import TuningOutcome
from gancheck.bench.tuning.recipe_space import RecipeSpace
from gancheck.bench.tuning.sampling import SamplerName
from gancheck.bench.tuning.tune import Tuning, tune_suite
from gancheck.cli.rank import leaderboard
from gancheck.errors import BadData, BadSuite
from gancheck.plugins.registry import Registry
from tests.bench.conftest import SUITE

pytest.importorskip("optuna")
RATES = {"learning-rates.generator", "learning-rates.discriminator"}


class Stopped(Exception):
    """As if the process was killed."""


class Pretender:
    """Commits runs that hold more modes the larger gamma is; ones with a gamma from 500 on are blurred."""

    def __init__(self, most: int = 10**6) -> None:
        self.most, self.specs = most, list[RunSpec]()

    def run(self, jobs: Sequence[Job]) -> Generator[JobResult]:
        for job in jobs:
            if len(self.specs) >= self.most:
                raise Stopped
            for spec in job.specs:
                self.specs.append(spec)
                Store(job.folder).commit(pretended(spec))
            yield job, [summarise_run(pretended(spec), cached=False) for spec in job.specs]


def pretended(spec: RunSpec) -> Run:
    gamma = sum(record.parameters.get("gamma", 0.0) for record in spec.training.recipe)
    facts = {"modes": min(8.0, 1 + gamma / 100), "quality": 0.1 if gamma >= 500 else 0.9}
    rows = [
        {"kind": "value", "step": 1, "metric": name, "value": value, "real": 8.0 if name == "modes" else 1.0}
        for name, value in facts.items()
    ]
    ended = {"status": "done", "reason": "", "seconds": 1.0, "modes": 8, "table": "trained"}
    return Run(spec, rows, ended)


@pytest.fixture(scope="module")
def suite(tmp_path_factory: pytest.TempPathFactory, registry: Registry) -> Suite:
    path = tmp_path_factory.mktemp("suite") / "mine.toml"
    path.write_text(SUITE.replace('["none", "lsgan"]', '["none", "r1"]'))
    return load_suite(path, registry)


def tuned(
    suite: Suite, registry: Registry, out: Path, executor: Pretender, sampler: SamplerName = "tpe", trials: int = 6
) -> TuningOutcome:
    return tune_suite(Tuning.of(suite, registry, trials, sampler, out=out), executor)


@pytest.mark.parametrize("sampler", ["tpe", "random", "grid"])
def test_every_recipe_gets_as_many_trials_and_starts_as_it_is(
    suite: Suite, registry: Registry, tmp_path: Path, sampler: SamplerName
) -> None:
    outcome = tuned(suite, registry, tmp_path, Pretender(), sampler)
    assert [len(recipe.trials) for recipe in outcome.recipes] == [6, 6]
    assert [recipe.trials[0][0] for recipe in outcome.recipes] == ["none", "r1"]
    assert all(recipe.value >= recipe.value_at_defaults for recipe in outcome.recipes)  # type: ignore[operator]


def test_no_seed_moves_between_tracks(suite: Suite, registry: Registry, tmp_path: Path) -> None:
    executor = Pretender()
    outcome = tuned(suite, registry, tmp_path, executor)
    assert {spec.seed for spec in executor.specs} == {TUNING_SEEDS, TUNING_SEEDS + 1}
    assert outcome.suite.blocks == suite.blocks
    again = load_suite(outcome.write(), registry)
    assert again == outcome.suite
    assert (again.track, again.version) == ("tuned", "1+tuned")


def test_blurred_samples_are_never_the_best_however_many_modes_they_hold(
    suite: Suite, registry: Registry, tmp_path: Path
) -> None:
    outcome = tuned(suite, registry, tmp_path, Pretender(), "grid", trials=9)
    values = {label: value for label, _, value in outcome.recipes[1].trials}
    assert any(value is not None and value < 0 for value in values.values())
    assert outcome.recipes[1].value is not None
    assert outcome.recipes[1].value > 0


def test_a_stopped_tuning_goes_on_to_the_same_result(suite: Suite, registry: Registry, tmp_path: Path) -> None:
    whole = tuned(suite, registry, tmp_path / "whole", Pretender())
    for most in (3, 8):
        with pytest.raises(Stopped):
            tuned(suite, registry, tmp_path / "parts", Pretender(most))
    assert tuned(suite, registry, tmp_path / "parts", Pretender()).recipes == whole.recipes


def test_more_trials_go_on_from_those_that_are_there(suite: Suite, registry: Registry, tmp_path: Path) -> None:
    few = tuned(suite, registry, tmp_path, Pretender(), trials=3)
    more = tuned(suite, registry, tmp_path, Pretender(), trials=5)
    assert [r.trials[:3] for r in more.recipes] == [r.trials for r in few.recipes]
    nothing = Pretender(0)
    assert tuned(suite, registry, tmp_path, nothing, trials=5) == more


def test_a_tuned_suite_is_not_tuned_again(suite: Suite, registry: Registry) -> None:
    with pytest.raises(BadSuite, match="on the track 'tuned'"):
        Tuning.of(suite.on_track("tuned"), registry, 3)


def test_trials_are_never_ranked(suite: Suite, registry: Registry, tmp_path: Path) -> None:
    tuned(suite, registry, tmp_path, Pretender(), trials=1)
    with pytest.raises(BadData, match="never ranked"):
        leaderboard(MergedFolders.read([tmp_path]))


def test_a_suite_cannot_take_tuning_seeds(suite: Suite) -> None:
    for first in (TUNING_SEEDS, TUNING_SEEDS - 1):
        with pytest.raises(BadSuite, match="for tuning"):
            replace(suite, first_seed=first)


def test_what_a_recipe_sets_itself_stays_and_learning_rates_are_open_to_all(registry: Registry) -> None:
    assert set(RecipeSpace.of("r1(gamma=3.0)", registry).spaces) == RATES
    assert set(RecipeSpace.of("none", registry).spaces) == RATES
    space = RecipeSpace.of("pacgan+r1", registry)
    assert set(space.spaces) == {"pacgan.m", "r1.gamma", *RATES}
    assert space.label(space.defaults, registry) == "pacgan+r1"
    moved = {**space.defaults, "r1.gamma": 3.14159, "learning-rates.generator": 2.0}
    assert space.label(moved, registry) == "pacgan+r1(gamma=3.14)+learning-rates(generator=2.0, discriminator=1.0)"


def test_a_folder_says_its_track(suite: Suite, registry: Registry, tmp_path: Path) -> None:
    tuned(suite, registry, tmp_path, Pretender(), trials=1)
    assert Store(tmp_path).track() == "tuning"
    assert Store(tmp_path / "other").track() == "default"
