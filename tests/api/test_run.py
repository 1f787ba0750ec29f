"""`gancheck.run`, as a Python user calls it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import torch

import gancheck as gc
from gancheck.bench.store import Store

SUITE = """\
version = "1"
recipes = ["none", "r1"]
seeds = 2
block = 2
budget = { steps = 4, evaluations = 2 }
evaluation = { samples = 200, metrics = ["score", "modes", "quality"] }
task = [
  { dataset = "ring(sigma=0.1)", gan = "own" },
  { dataset = "grid(side=2)", gan = "own" },
]
"""
#: Models that are trained in no time; `broken` never is.
MODELS = """\
from dataclasses import dataclass
import torch
from torch import nn
import gancheck as gc


@gc.gan("own")
@dataclass(frozen=True)
class Own(gc.Model):
    def build(self, data):
        return gc.Networks(nn.Linear(2, data.size), gc.Latent(2))

    def train(self, session):
        for _ in session.steps():
            with torch.no_grad():
                session.modules["generator"].weight.add_(0.1 * session.latent(2))


@gc.gan("other")
@dataclass(frozen=True)
class Other(Own):
    pass


@gc.gan("broken")
@dataclass(frozen=True)
class Broken(Own):
    def train(self, session):
        raise KeyError("no luck")
"""
Run = Callable[..., gc.RunOutcome]
pytestmark = pytest.mark.usefixtures("without_pictures")  # but `whole`, which is made before, has them


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a suite and a plug-in file."""
    folder = tmp_path_factory.mktemp("a place")
    (folder / "mine.toml").write_text(SUITE)
    (folder / "models.py").write_text(MODELS)
    return folder


@pytest.fixture(scope="module")
def run(place: Path) -> Run:
    """Calls `gancheck.run` with the suite and the plug-ins, unless told otherwise."""

    def call(suite: Any = place / "mine.toml", **how: Any) -> gc.RunOutcome:
        return gc.run(suite, **{"plugins": [place / "models.py"], "jobs": 1, "device": "cpu"} | how)

    return call


@pytest.fixture(scope="module")
def whole(run: Run, place: Path) -> gc.RunOutcome:
    """What the whole suite came to."""
    return run(out=place / "whole")


def labels(outcome: gc.RunOutcome) -> set[str]:
    return {run.spec.label for run in outcome.runs}


def test_a_suite_is_run_ranked_and_drawn(whole: gc.RunOutcome, place: Path) -> None:
    assert str(whole) == f"4 done, 0 failed, 4 skipped, 0 cached -> {place / 'whole' / 'leaderboard.csv'}"
    assert whole.counts == {"done": 4, "skipped": 4}
    assert whole.failed == 0
    assert isinstance(whole.board, gc.Leaderboard)
    assert {"leaderboard.csv", "tasks.csv", "results.parquet", "ranking.png", "samples-ring-own.png"} <= {
        path.name for path in whole.leaderboard.parent.iterdir()
    }


def test_the_runs_come_with_all_their_rows(whole: gc.RunOutcome) -> None:
    assert len(whole.runs) == 8
    done = [run for run in whole.runs if run.outcome["status"] == "done"]
    assert {run.spec.recipe for run in done} == {"none"}
    assert all({"modes", "score", "quality"} <= set(run.last("value")) for run in done)


def test_the_frame_has_the_rows_of_the_leaderboard(whole: gc.RunOutcome) -> None:
    frame = whole.frame()
    assert isinstance(frame, pl.DataFrame)
    assert frame.write_csv() == whole.leaderboard.read_text()
    assert frame["strategy"].to_list() == ["r1", "own (model)", "real", "memoriser", "blanket"]


def test_a_folder_goes_on_where_it_was(run: Run, whole: gc.RunOutcome, capsys: pytest.CaptureFixture[str]) -> None:
    again = run(out=whole.leaderboard.parent)
    assert again.counts == {"cached": 4, "skipped": 4}
    assert capsys.readouterr() == ("", "")
    assert again.frame().equals(whole.frame())


@pytest.fixture(scope="module")
def one(run: Run, place: Path) -> gc.RunOutcome:
    """One task and one recipe, each named by one text, and so is the file of plug-ins."""
    how = {"strategies": "none", "datasets": "grid(side=2)", "plugins": str(place / "models.py"), "threads": 2}
    return run(out=place / "one", **how)


def test_one_text_names_one(one: gc.RunOutcome) -> None:
    assert (one.failed, one.counts["done"]) == (0, 2)
    assert labels(one) == {f"grid(side=2)/own none seed {seed}" for seed in (0, 1)}


def test_every_run_says_how_many_threads_it_had(one: gc.RunOutcome, whole: gc.RunOutcome) -> None:
    assert {run.outcome["threads"] for run in one.runs} == {2}
    assert {run.outcome["threads"] for run in whole.runs if run.outcome["status"] == "done"} == {1}


def test_force_does_it_again(run: Run, one: gc.RunOutcome) -> None:
    again = run(strategies=["none"], datasets=["grid(side=2)"], out=one.leaderboard.parent, force=True)
    assert again.counts == {"done": 2}


def test_strategies_datasets_and_gans_select_from_a_suite(run: Run, tmp_path: Path) -> None:
    made = run(strategies=["none"], datasets=["grid"], gans=["own"], out=tmp_path)
    assert labels(made) == {f"grid/own none seed {seed}" for seed in range(2)}
    assert made.board.suite == "mine"


def test_what_a_suite_lacks_is_added(run: Run, tmp_path: Path) -> None:
    made = run(strategies=["none", "lsgan"], datasets=["ring(modes=4)"], gans=["other"], out=tmp_path)
    assert labels(made) == {f"ring(modes=4)/other {name} seed {seed}" for name in ("none", "lsgan") for seed in (0, 1)}


def test_seeds_and_steps_are_another_size_of_the_suite(run: Run, tmp_path: Path) -> None:
    made = run(strategies=["none"], datasets=["ring"], seeds=3, steps=6, out=tmp_path)
    assert labels(made) == {f"ring/own none seed {seed}" for seed in range(4)}  # whole blocks
    assert {run.spec.training.budget["steps"] for run in made.runs} == {6}
    assert made.board.suite_version == "1+steps=6"


def test_a_suite_that_was_read_and_changed_can_be_given(run: Run, place: Path, tmp_path: Path) -> None:
    suite = gc.load_suite(place / "mine.toml", gc.Registry.load([place / "models.py"]))
    assert isinstance(suite, gc.Suite)
    made = run(replace(suite, name="changed", recipes=("none",), tasks=suite.tasks[1:]), out=tmp_path)
    assert labels(made) == {f"grid/own none seed {seed}" for seed in range(2)}
    assert made.board.suite == "changed"


def test_without_a_suite_strategies_and_datasets_make_one(run: Run, tmp_path: Path) -> None:
    with contextlib.chdir(tmp_path):
        made = run(None, strategies=["none"], datasets=["ring8", "grid(side=3)"], gans=["broken"], steps=3)
    assert made.leaderboard == Path("runs/custom+steps=3/leaderboard.csv")
    assert Store(tmp_path / "runs" / "custom+steps=3").owner() == ("custom", "1+steps=3")
    assert labels(made) == {f"{data}/broken none seed {i}" for data in ("ring8", "grid(side=3)") for i in range(5)}
    assert made.board.suite == "custom"


def test_runs_that_come_to_nothing_are_counted_and_not_raised(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = run(gans=["broken"], strategies=["none"], datasets=["ring"], out=tmp_path)
    assert made.counts == {"failed": 2}
    assert made.failed == 2
    assert made.frame().row(0, named=True)["held"] == 0
    assert "ring/broken none seed 1: failed, KeyError: 'no luck'\n" in capsys.readouterr().err


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "no strategies": ({"suite": None, "datasets": ["ring8"]}, "name at least one strategy and one dataset, or a suite"),
    "no datasets": ({"suite": None, "strategies": ["none"]}, "name at least one strategy and one dataset, or a suite"),
    "nothing": ({"suite": None}, "name at least one strategy and one dataset, or a suite"),
    "a suite that is not there": ({"suite": "mien"}, "unknown suite 'mien'"),
    "a strategy that is not there": ({"strategies": ["r11"]}, "unknown strategy 'r11'. Did you mean"),
    "a dataset that is not there": ({"datasets": ["rnig"]}, "unknown dataset 'rnig'. Did you mean 'ring'"),
    "a GAN that is not there": ({"gans": ["owm"]}, "unknown gan 'owm'. Did you mean 'own'"),
    "no workers": ({"jobs": 0}, "jobs = 0: needs at least 1"),
    "fewer than no workers": ({"jobs": -2}, "jobs = -2: needs at least 1"),
    "no threads": ({"threads": 0}, "threads = 0: needs at least 1"),
    "no seeds": ({"seeds": 0}, "seeds = 0: needs at least 1"),
    "another device": ({"device": "tpu"}, "choose auto, cpu, cuda or cuda:N"),
    "a plug-in that is not there": ({"plugins": ["nowhere.py"]}, "nowhere.py"),
}


@pytest.mark.parametrize("what", BAD)
def test_bad_input_is_one_line_and_nothing_is_written(what: str, run: Run, tmp_path: Path) -> None:
    how, said = BAD[what]
    with pytest.raises(gc.GancheckError) as caught:
        run(out=tmp_path / "runs", **how)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "runs").exists()


def test_one_text_names_several_between_commas(run: Run, place: Path) -> None:
    made = run(strategies="none", datasets="grid(side=2), ring(sigma=0.1)", out=place / "text")
    assert labels(made) == {
        f"{task}/own none seed {seed}" for task in ("ring(sigma=0.1)", "grid(side=2)") for seed in (0, 1)
    }


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"seeds": 0}, "seeds = 0 must be a whole number of at least 1"),
        ({"block": 0}, "block = 0 must be"),
        ({"tasks": ()}, "needs at least one"),
        ({"recipes": ("none", "none()")}, "recipe 'none' stands in the suite twice"),
    ],
)
def test_a_suite_object_is_checked_as_a_file_is(run: Run, place: Path, change: dict[str, Any], line: str) -> None:
    registry = gc.Registry.load([place / "models.py"])
    suite = gc.load_suite(place / "mine.toml", registry)
    with pytest.raises(gc.GancheckError, match=line):
        run(replace(suite, **change), out=place / "never")


def test_an_inspection_is_shown_in_a_line() -> None:
    shown = repr(gc.inspect_data(torch.randn(200, 2, generator=torch.Generator().manual_seed(0))))
    assert shown.startswith("<Inspection: ")
    assert len(shown) < 120
