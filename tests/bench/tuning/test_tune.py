"""Tuning without training: runs are put into the store with numbers that follow from the recipe."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from gancheck.bench.cell import RunSummary
from gancheck.bench.merged_folders import MergedFolders
from gancheck.bench.store import Store
from gancheck.bench.suite import Suite
from gancheck.bench.suite_file import load_suite
from gancheck.bench.track import TUNING_SEEDS
from gancheck.bench.tuning.recipe_space import RecipeSpace
from gancheck.bench.tuning.sampling import SamplerName
from gancheck.bench.tuning.track_comparison import TrackComparison
from gancheck.bench.tuning.tune import Tuning, tune_suite
from gancheck.bench.tuning.watcher import Unwatched
from gancheck.cli.rank import leaderboard
from gancheck.errors import BadData, BadSuite, StoreError
from gancheck.plugins.registry import Registry
from gancheck.report.text.caption import caption_of
from tests.bench.conftest import SUITE
from tests.bench.tuning.pretender import Pretender, Stopped, rank_all, tuned

pytest.importorskip("optuna")
RATES = {"learning-rates.generator", "learning-rates.discriminator"}
CAPPED = """\
from dataclasses import dataclass
import gancheck as gc

@gc.strategy("capped", family="regulariser", search={"value": gc.SPACE})
@dataclass(frozen=True)
class Capped(gc.Strategy):
    limit: int = 9
    value: int = 1

    def __post_init__(self):
        if self.value > self.limit:
            raise gc.BadParameter(f"value = {self.value} is above limit = {self.limit}")

    def discriminator_loss(self, loss, game):
        return FACTOR * loss
"""


@pytest.fixture(scope="module")
def suite(tmp_path_factory: pytest.TempPathFactory, registry: Registry) -> Suite:
    path = tmp_path_factory.mktemp("suite") / "mine.toml"
    path.write_text(SUITE.replace('["none", "lsgan"]', '["none", "r1"]'))
    return load_suite(path, registry)


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


def test_the_tuned_board_has_the_tuned_untreated_gan_as_its_base(
    suite: Suite, registry: Registry, tmp_path: Path
) -> None:
    outcome = tuned(suite, registry, tmp_path / "tuning", Pretender(likes_rates=True), "grid")
    base = outcome.suite.base
    assert base == outcome.recipes[0].tuned
    assert base.startswith("learning-rates(")
    rank_all(outcome.suite, registry, tmp_path / "tuned", Pretender(likes_rates=True))
    board = leaderboard(MergedFolders.read([tmp_path / "tuned"]))
    rows = {row["strategy"]: row for row in board.leaderboard()}
    assert rows[base]["held_gain"] == 0
    assert rows[outcome.recipes[1].tuned]["held_gain"] is not None
    assert f"Gains and costs are over {base}" in caption_of(board)


def test_runs_of_an_earlier_tuning_do_not_shift_ranks(suite: Suite, registry: Registry, tmp_path: Path) -> None:
    outcome = tuned(suite, registry, tmp_path / "tuning", Pretender())
    outcome.write()
    rank_all(suite, registry, tmp_path / "default", Pretender())
    earlier = replace(outcome.suite, recipes=(*outcome.suite.recipes, "r1(gamma=490.0)"))
    for place, which in (("tuned", outcome.suite), ("mixed", earlier)):
        rank_all(which, registry, tmp_path / place, Pretender())
    moves, same = (
        TrackComparison.read(tmp_path / "tuning", tmp_path / "default", tmp_path / place)
        for place in ("tuned", "mixed")
    )
    assert same.rows() == moves.rows()
    assert set(same.tuned.recipes) == {recipe.tuned for recipe in outcome.recipes}


def test_blurred_samples_are_never_the_best_however_many_modes_they_hold(
    suite: Suite, registry: Registry, tmp_path: Path
) -> None:
    outcome = tuned(suite, registry, tmp_path, Pretender(), "grid", trials=9)
    values = {label: value for label, _, value, _ in outcome.recipes[1].trials}
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


class Counting(Unwatched):
    """Counts runs as the command line's bar does, and keeps what is said."""

    def __init__(self) -> None:
        self.runs, self.lines = 0, list[str]()

    def __call__(self, summary: RunSummary) -> None:
        self.runs += 1

    def leave_out(self, runs: int) -> None:
        self.runs += runs

    def say(self, line: str) -> None:
        self.lines.append(line)


def test_progress_reaches_its_end_whatever_was_given_up_failed_or_made_before(tmp_path: Path) -> None:
    for trials, known in ((12, 0), (14, 12)):
        tuning = Tuning.of(*capped(tmp_path), trials, "random", out=tmp_path / "out")
        counting, executor = Counting(), Pretender()
        outcome = tune_suite(tuning, executor, counting)
        assert counting.runs == len(tuning.plan.specs) * trials
        assert {"pruned", "fail"} & {trial.state for recipe in outcome.recipes for trial in recipe.trials[known:]}


def test_recipes_that_become_the_same_are_trained_once_and_counted_for_each(registry: Registry, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(SUITE.replace('["none", "lsgan"]', '["pacgan", "pacgan(m=3)"]'))
    tuning, counting = Tuning.of(load_suite(path, registry), registry, 12, "grid", out=tmp_path / "out"), Counting()
    tune_suite(tuning, Pretender(), counting)
    assert counting.runs == len(tuning.plan.specs) * 12


def test_a_trial_that_was_begun_waits_for_a_call_that_wants_it(
    suite: Suite, registry: Registry, tmp_path: Path
) -> None:
    with pytest.raises(Stopped):
        tuned(suite, registry, tmp_path, Pretender(18), trials=6)
    executor, counting = Pretender(), Counting()
    outcome = tune_suite(Tuning.of(suite, registry, 2, out=tmp_path), executor, counting)
    assert not executor.specs
    assert [len(recipe.trials) for recipe in outcome.recipes] == [2, 2]
    assert tuned(suite, registry, tmp_path, Pretender(), trials=6).recipes == (
        tuned(suite, registry, tmp_path / "whole", Pretender(), trials=6).recipes
    )


def test_tracks_that_two_versions_of_a_metric_measured_are_not_compared(
    suite: Suite, registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcome = tuned(suite, registry, tmp_path / "tuning", Pretender(), trials=2)
    outcome.write()
    rank_all(suite, registry, tmp_path / "default", Pretender())
    rank_all(outcome.suite, registry, tmp_path / "tuned", Pretender())
    TrackComparison.read(tmp_path / "tuning", tmp_path / "default", tmp_path / "tuned")
    monkeypatch.setitem(vars(registry.entry("metric", "modes")), "source", "another")
    rank_all(outcome.suite, registry, tmp_path / "other", Pretender())
    with pytest.raises(StoreError, match=r"not the same metric under one name .*modes"):
        TrackComparison.read(tmp_path / "tuning", tmp_path / "default", tmp_path / "other")


def test_one_folder_is_tuned_by_one_process_at_a_time(suite: Suite, registry: Registry, tmp_path: Path) -> None:
    with (
        Store(tmp_path).lock_alone("tuning", "gancheck tune"),
        pytest.raises(StoreError, match=r"another gancheck tune works in .*--out"),
    ):
        tuned(suite, registry, tmp_path, Pretender(), trials=1)
    assert not (tmp_path / "journal.log").exists()
    tuned(suite, registry, tmp_path, Pretender(), trials=1)


def notes(tuning: Tuning) -> list[str]:
    """What is said when trials are made."""
    counting = Counting()
    tune_suite(tuning, Pretender(), counting)
    return counting.lines


def capped(folder: Path, space: str = "Choice(1, 4, 7)", factor: int = 2) -> tuple[Suite, Registry]:
    """A suite whose recipe sets a limit under which only some of the searched values are."""
    plugin, path = folder / "capped.py", folder / "mine.toml"
    plugin.write_text(CAPPED.replace("SPACE", space).replace("FACTOR", str(factor)))
    path.write_text(SUITE.replace('["none", "lsgan"]', '["none", "capped(limit=3)"]'))
    own = Registry.load([plugin])
    return load_suite(path, own), own


def test_a_refused_combination_is_one_failed_trial_with_its_reason(tmp_path: Path) -> None:
    outcome = tuned(*capped(tmp_path), tmp_path / "out", Pretender(), "grid", trials=7)
    states = [trial.state for trial in outcome.recipes[1].trials]
    assert len(states) == 7
    assert states[0] == "complete"
    assert 0 < outcome.recipes[1].failed == states.count("fail") < 7
    outcome.write()
    rows = pl.read_csv(tmp_path / "out" / "trials.csv").filter(pl.col("state") == "fail").rows(named=True)
    assert all("is above limit = 3" in row["reason"] for row in rows)
    assert all("capped(limit=3, value=" in row["tuned"] for row in rows)
    assert tuned(*capped(tmp_path), tmp_path / "out", Pretender(0), "grid", trials=7) == outcome


def test_a_recipe_that_came_to_nothing_stays_and_says_why(suite: Suite, registry: Registry, tmp_path: Path) -> None:
    outcome = tuned(suite, registry, tmp_path, Pretender(skipped={"r1": "needs a critic"}), trials=2)
    assert outcome.recipes[1].tuned == "r1"
    assert outcome.notes == ("r1 stays as it is, as none of its trials had a value: needs a critic",)


def test_a_tuning_without_any_value_is_an_error(suite: Suite, registry: Registry, tmp_path: Path) -> None:
    nothing = Pretender(skipped=dict.fromkeys(("none", "learning-rates", "r1"), "no such data"))
    with pytest.raises(BadSuite, match=r"no trial of any recipe had a value.*none: no such data"):
        tuned(suite, registry, tmp_path, nothing, trials=2)


@pytest.mark.parametrize("change", [{"space": "Choice(1, 2, 3)"}, {"factor": 3}])
def test_another_space_or_other_code_starts_afresh_and_says_so(tmp_path: Path, change: dict[str, str]) -> None:
    assert notes(Tuning.of(*capped(tmp_path), 5, out=tmp_path / "out")) == []
    assert notes(Tuning.of(*capped(tmp_path), 5, out=tmp_path / "out")) == []
    other = capped(tmp_path, **change)  # type: ignore[arg-type]
    (note,) = notes(Tuning.of(*other, 5, out=tmp_path / "out"))
    assert note.startswith("capped(limit=3) starts afresh: ")
    assert notes(Tuning.of(*other, 5, out=tmp_path / "out")) == []
    assert len(tuned(*other, tmp_path / "out", Pretender(0), trials=5).recipes[1].trials) == 5


def test_other_learning_rates_code_starts_afresh(
    suite: Suite, registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tuned(suite, registry, tmp_path, Pretender(), trials=2)
    monkeypatch.setitem(vars(registry.entry("strategy", "learning-rates")), "source", "another")
    assert len(notes(Tuning.of(suite, registry, 2, out=tmp_path))) == 2
