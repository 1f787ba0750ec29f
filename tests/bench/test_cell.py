"""Work on one cell: what is kept is not trained again, and one seed's trouble is not another's."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from gancheck.bench.cell import Job, RunSummary, run_cell, worker_context
from gancheck.bench.execution.local import LocalExecutor
from gancheck.bench.side_files import SideFiles
from gancheck.bench.spec import grid_cells
from gancheck.bench.store import Run, Store
from gancheck.bench.suite_file import load_suite
from gancheck.errors import GancheckError
from gancheck.plugins.registry import Registry
from gancheck.training.record import TrainingRecord
from gancheck.training.start_weights import read_player

SUITE = """\
version = "1"
recipes = ["none"]
seeds = 3
block = 3
budget = { steps = 4, evaluations = 2 }
evaluation = { samples = 200, metrics = ["score", "quality"] }
task = [{ dataset = { name = "ring", sigma = 0.1 }, gan = "own" }]
"""
GAN = """\
from dataclasses import dataclass
import torch
from torch import nn
import gancheck as gc


@gc.gan("own")
@dataclass(frozen=True)
class Own(gc.Gan):
    def build(self, data):
        return gc.Players(nn.Linear(2, data.size), nn.Linear(data.size, 1), gc.Latent(2))

    def train(self, session):
        for step in session.steps():
            with torch.no_grad():
                session.players.generator.weight.add_(0.1 * session.latent(2))
"""
METRIC = """

@gc.metric("mine", better="higher")
def mine(view):
    return view.fake.abs().max()
"""
Make = Callable[..., Job]


@pytest.fixture
def job(tmp_path: Path) -> Make:
    """The suite's one cell, with plug-in files and a suite as they are after replacing `old` by `new`."""

    def make(
        old: str = "", new: str = "", plugin: str = GAN, suite: str = SUITE, force: bool = False, metric: str = ""
    ) -> Job:
        assert not old or plugin.count(old) == 1
        files = (tmp_path / "own.py", tmp_path / "metric.py")
        files[0].write_text(plugin.replace(old, new) if old else plugin)
        files[1].write_text("import gancheck as gc\n" + metric)
        (tmp_path / "mine.toml").write_text(suite)
        registry = Registry.load(files)
        (cell,) = grid_cells(load_suite(tmp_path / "mine.toml", registry), "cpu")
        specs = cell.specs(cell.build(registry), registry)
        return Job(cell, specs, tmp_path / "runs", tuple(map(str, files)), force)

    return make


def tried(job: Job) -> list[RunSummary] | GancheckError:
    """Work as `gancheck run` does it, in this process."""
    ((_, found),) = LocalExecutor(1, 1).run([job])
    return found


def done(job: Job) -> list[RunSummary]:
    summaries = tried(job)
    assert isinstance(summaries, list), summaries
    return summaries


def measured(job: Job) -> list[RunSummary]:
    """The same where nothing may be trained."""
    steps: list[int] = []
    worker_context.cache_clear()
    summaries = run_cell(job, on_step=steps.append)
    assert not set(steps) - {4}  # the last step is heard again when a run is written
    return summaries


def runs(job: Job) -> list[Run]:
    found = [Store(job.folder).read(s.run_id) for s in job.specs]
    assert all(found)
    return [run for run in found if run]


def numbers(job: Job) -> list[object]:
    return [(run.spec, run.rows) for run in runs(job)]


def test_every_seed_gets_a_run_and_weights(job: Make) -> None:
    made = job()
    reports = done(made)
    assert [(r.status, r.cached) for r in reports] == [("done", False)] * 3
    assert [r.label for r in reports] == [f"ring/own none seed {seed}" for seed in range(3)]
    for run in runs(made):
        assert [row["step"] for row in run.rows if row["kind"] == "value" and row["metric"] == "score"] == [2, 4]
        assert Store(made.folder).weights(run.spec.training_id).exists()
        assert run.outcome["path"] == "own-loop"
        assert run.outcome["path_reason"] == ""


def test_training_is_heard_step_by_step(job: Make) -> None:
    steps: list[int] = []
    worker_context.cache_clear()
    run_cell(job(), on_step=steps.append)
    assert steps[-1] == 4
    assert len(steps) >= 3 * 2  # seeds and evaluations


NORMED = GAN[: GAN.index("    def train")].replace(
    "nn.Linear(data.size, 1)", "nn.utils.parametrizations.spectral_norm(nn.Linear(data.size, 1))"
)


def test_why_the_fast_way_is_left_is_in_the_run(job: Make) -> None:
    made = job(plugin=NORMED)
    run_cell(made)
    for run in runs(made):
        assert run.outcome["path"].startswith("looped")
        assert "take the strategy spectral-norm in place of torch's" in run.outcome["path_reason"]


def test_what_is_done_is_not_done_again(job: Make) -> None:
    done(job())
    before = {path: path.stat().st_mtime_ns for path in job().folder.iterdir()}
    assert [(r.status, r.cached) for r in measured(job())] == [("done", True)] * 3
    assert {path: path.stat().st_mtime_ns for path in job().folder.iterdir()} == before


def test_force_does_it_again_to_the_same_numbers(job: Make) -> None:
    done(job())
    before = numbers(job())
    for path in job().folder.glob("*.safetensors"):
        path.write_bytes(b"not used")
    assert not any(r.cached for r in done(job(force=True)))
    assert numbers(job()) == before


def test_a_new_metric_measures_and_never_trains(job: Make) -> None:
    done(job())
    old = runs(job())
    more = SUITE.replace('"quality"]', '"quality", "modes"]')
    assert [r.status for r in measured(job(suite=more))] == ["done"] * 3
    for before, after in zip(old, runs(job(suite=more)), strict=True):
        assert after.spec.training_id == before.spec.training_id
        assert after.outcome["seconds"] == before.outcome["seconds"]
        assert set(after.last("value")) == {"score", "quality", "modes"}
        assert before.last("value").items() <= after.last("value").items()


def test_a_changed_metric_measures_and_never_trains(job: Make) -> None:
    suite = SUITE.replace('"quality"]', '"mine"]')
    first = job(suite=suite, metric=METRIC)
    done(first)
    values = [run.last("value")["mine"] for run in runs(first)]
    second = job(suite=suite, metric=METRIC.replace("view.fake.abs().max()", "2 * view.fake.abs().max()"))
    assert not any(r.cached for r in measured(second))
    assert [run.last("value")["mine"] for run in runs(second)] == [2 * (v or 0) for v in values]


CHAINS = SUITE.replace('recipes = ["none"]', 'recipes = ["mh-gan(real=20, length=3)"]').replace('"quality"]', '"mine"]')


def test_samples_that_the_discriminator_chose_are_measured_again_without_training(job: Make) -> None:
    plugin = GAN.partition("    def train")[0]
    values = []
    for text, work in (("view.fake.sum()", done), ("1 * view.fake.sum()", measured)):
        made = job(plugin=plugin, suite=CHAINS, metric=METRIC.replace("view.fake.abs().max()", text))
        assert [(r.status, r.cached) for r in work(made)] == [("done", False)] * 3
        values.append([run.rows for run in runs(made)])
    assert values[0] == values[1]
    for run in runs(made):
        walks = 2 if run.outcome["sampling_evaluations"]["generator"] > 1_000 else 1  # chains that stayed start again
        judged = walks * 256 * (1 + 3) + 2 * 128  # 200 or 20 rows, in whole batches of the training's 128
        called = {"generator": walks * 200 * (1 + 3) + 20, "discriminator": judged}
        assert run.outcome["sampling_evaluations"] == called
        assert 0 < run.outcome["sampling_seconds"] < run.outcome["evaluation_seconds"]


def test_samples_of_a_plain_generator_cost_as_many_calls(job: Make) -> None:
    done(job())
    assert [run.outcome["sampling_evaluations"] for run in runs(job())] == [{"generator": 200}] * 3


def test_a_lost_run_file_is_measured_again_to_the_same_numbers(job: Make) -> None:
    done(job())
    before = numbers(job())
    Store(job().folder).path(job().specs[1].run_id).unlink()
    assert [r.status for r in measured(job())] == ["done"] * 3
    assert numbers(job()) == before


@pytest.mark.parametrize("damage", [b"", b"nonsense", None])
def test_broken_weights_are_trained_again(damage: bytes | None, job: Make) -> None:
    done(job())
    before = numbers(job())
    store = Store(job().folder)
    weights = store.weights(job().specs[2].training_id)
    whole = weights.read_bytes()
    weights.write_bytes(whole[:-10] if damage is None else damage)
    for spec in job().specs:
        store.path(spec.run_id).unlink()
    assert [r.status for r in done(job())] == ["done"] * 3
    assert numbers(job()) == before
    assert set(TrainingRecord.load(weights).snapshots) == {2, 4}


def test_a_damaged_run_file_is_named_and_made_again(job: Make, capsys: pytest.CaptureFixture[str]) -> None:
    done(job())
    before = numbers(job())
    path = Store(job().folder).path(job().specs[0].run_id)
    path.write_text(path.read_text()[:-30])
    assert [r.status for r in done(job())] == ["done"] * 3
    assert numbers(job()) == before
    assert f"{path.name} is truncated or not a run file; set aside as {path.name}.broken" in capsys.readouterr().err


def test_a_run_does_not_depend_on_the_block_that_stands_beside(job: Make) -> None:
    done(job())
    later = SUITE.replace("seeds = 3", "seeds = 3\nfirst_seed = 3")
    done(job(suite=later))
    values = [run.last("value")["score"] for run in [*runs(job()), *runs(job(suite=later))]]
    assert len(set(values)) > 1
    shutil.rmtree(job().folder)
    done(job(suite=later))
    done(job())
    assert [run.last("value")["score"] for run in [*runs(job()), *runs(job(suite=later))]] == values


def test_one_seed_that_raises_is_failed_and_the_others_are_done(job: Make) -> None:
    made = job(
        "for step in session.steps():", "for step in session.steps():\n            assert session.seed != 1, 'no luck'"
    )
    assert [(r.status, r.reason) for r in done(made)] == [
        ("done", ""),
        ("failed", "AssertionError: no luck"),
        ("done", ""),
    ]
    failed = runs(made)[1]
    assert failed.outcome["status"] == "failed"
    assert failed.last("value") == {}
    assert not Store(made.folder).weights(failed.spec.training_id).exists()


def test_a_run_whose_samples_are_not_finite_is_diverged(job: Make) -> None:
    made = job("0.1 * session.latent(2)", "3e38 * session.latent(2)")
    assert {r.status for r in done(made)} == {"diverged"}
    assert all(run.last("value") == {} and run.outcome["reason"] for run in runs(made))


ODD = {
    "raise RuntimeError('no eval')": "RuntimeError: no eval",
    "return made[:, :1]": "the generator made samples of shape (1,); this data needs (2,)",
}
HEAD = """\
class Head(nn.Linear):
    def forward(self, z):
        made = super().forward(z)
        if self.training:
            return made
        {}


@gc.gan"""


@pytest.mark.parametrize("oddity", ODD)
def test_a_generator_that_cannot_be_measured_is_failed(oddity: str, job: Make) -> None:
    plugin = GAN.replace("nn.Linear(2, data.size)", "Head(2, data.size)").replace("@gc.gan", HEAD.format(oddity))
    assert {(r.status, r.reason) for r in done(job(plugin=plugin))} == {("failed", ODD[oddity])}


RAISING = """

@gc.strategy("raising", family="sampling", kind="sampling")
@dataclass(frozen=True)
class Raising(gc.Strategy):
    def sampler(self, inner):
        return Lost(inner)


class Lost(gc.Sampler):
    def draw(self, kept, count, source):
        return kept.weights["critic"]
"""


def test_a_sampler_that_raises_fails_the_run_and_says_where(job: Make) -> None:
    plugin = GAN.partition("    def train")[0] + RAISING
    made = job(plugin=plugin, suite=SUITE.replace("none", "raising"))
    line = plugin.splitlines().index('        return kept.weights["critic"]') + 1
    place = f"strategy 'raising', Lost.draw, own.py line {line}"
    reason = f"{place}: KeyError: 'critic' (players: generator; memories: none)"
    assert {(r.status, r.reason) for r in done(made)} == {("failed", reason)}


def test_a_generator_without_weights_is_measured_again_from_what_is_kept(job: Make) -> None:
    plugin = GAN.partition("    def train")[0].replace("nn.Linear(2, data.size)", "nn.Identity()")
    plugin += "    def train(self, session):\n        for _ in session.steps():\n            pass\n"
    done(job(plugin=plugin))
    before = numbers(job(plugin=plugin))
    Store(job(plugin=plugin).folder).path(job(plugin=plugin).specs[0].run_id).unlink()
    measured(job(plugin=plugin))
    assert numbers(job(plugin=plugin)) == before
    assert all(run.last("value")["score"] is not None for run in runs(job(plugin=plugin)))


def test_a_metric_that_raises_costs_its_own_column_and_is_said(job: Make) -> None:
    broken = METRIC.replace("view.fake.abs().max()", "view.nothing")
    made = job(suite=SUITE.replace('"quality"]', '"mine"]'), metric=broken)
    said = "metric 'mine' raises AttributeError: 'View' object has no attribute 'nothing'"
    for summary in done(made):
        assert summary.status == "done"
        assert summary.metric_errors == {"mine": said}
        assert str(summary).endswith(said)
    for run in runs(made):
        assert run.last("value")["mine"] is None
        assert run.last("value")["score"] is not None
    assert all(summary.metric_errors and summary.cached for summary in done(made))
    fixed = job(suite=SUITE.replace('"quality"]', '"mine"]'), metric=METRIC)
    assert not any(summary.metric_errors or summary.cached for summary in measured(fixed))


UNLUCKY = """
        import os
        assert str(session.seed) not in os.environ["UNLUCKY"], 'no luck'
        for step in session.steps():"""


@pytest.fixture
def unlucky(job: Make, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Job]:
    """The job on a machine on which the seeds of a text fail: `unlucky("1")`."""

    def make(seeds: str, **parts: object) -> Job:
        monkeypatch.setenv("UNLUCKY", seeds)
        return replace(job("for step in session.steps():", UNLUCKY.lstrip()), **parts)  # type: ignore[arg-type]

    return make


def test_a_failed_run_stays_until_it_is_asked_for(unlucky: Callable[..., Job]) -> None:
    done(unlucky("1"))
    again = done(unlucky(""))
    assert [(r.status, r.cached) for r in again] == [("done", True), ("failed", True), ("done", True)]


def test_a_failed_run_is_tried_again_without_its_neighbours(unlucky: Callable[..., Job]) -> None:
    done(unlucky("1"))
    folder = unlucky("").folder
    before = {path: path.stat().st_mtime_ns for path in folder.iterdir() if path.is_file()}
    trained: list[int] = []
    worker_context.cache_clear()
    again = run_cell(unlucky("02", retry="failed"), on_step=trained.append)
    assert [(r.status, r.cached) for r in again] == [("done", True), ("done", False), ("done", True)]
    changed = [
        path.suffix for path in folder.iterdir() if path.is_file() and before.get(path) != path.stat().st_mtime_ns
    ]
    assert sorted(changed) == [".jsonl", ".safetensors"]
    found = numbers(unlucky(""))
    shutil.rmtree(folder)
    done(unlucky(""))
    assert numbers(unlucky("")) == found
    assert all(r.cached for r in done(unlucky("", retry="failed")))


def test_a_metric_that_raised_is_measured_again_when_asked_for(job: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FACTOR", "none")
    metric = METRIC.replace("view.fake.abs().max()", "float(__import__('os').environ['FACTOR'])")
    made = job(suite=SUITE.replace('"quality"]', '"mine"]'), metric=metric)
    assert all(r.metric_errors for r in done(made))
    monkeypatch.setenv("FACTOR", "2")
    assert not any(r.metric_errors for r in measured(replace(made, retry="failed")))
    assert {run.last("value")["mine"] for run in runs(made)} == {2.0}


def test_a_detector_with_an_alarm_is_in_the_run(job: Make) -> None:
    made = job(
        "session.players.generator.weight.add_(0.1 * session.latent(2))", "session.report(generator_loss=torch.nan)"
    )
    done(made)
    for run in runs(made):
        assert [(a.detector, a.step, a.severity) for a in run.alarms()] == [("nonfinite", 1, "fatal")]
        (row,) = (row for row in run.rows if row["kind"] == "alarm")
        assert not {"cause", "advice"} & set(row)
        assert run.outcome["state"] == "diverged"


def test_a_training_that_is_too_short_to_tell_has_no_state(job: Make) -> None:
    done(job())
    assert [run.outcome["state"] for run in runs(job())] == [None] * 3


def test_a_plug_in_that_changed_between_two_calls_is_the_one_that_trains(job: Make) -> None:
    done(job())
    before = [run.last("value") for run in runs(job())]
    changed = job("0.1 * session.latent(2)", "session.latent(2)")
    done(changed)
    assert [run.last("value") for run in runs(changed)] != before
    fresh = Store(changed.folder.with_name("fresh"))
    done(replace(changed, folder=fresh.folder))
    assert [run.rows for run in runs(changed)] == [fresh.read(s.run_id).rows for s in changed.specs]  # type: ignore[union-attr]


def test_the_global_generator_of_the_caller_is_left_alone(job: Make) -> None:
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    done(job())
    assert torch.rand(3).equal(expected)


STACK = SUITE.replace('"own" }]', '{ name = "mlp", width = 8 } }]').replace(
    "seeds = 3\nblock = 3", "seeds = 2\nblock = 2"
)


def end_after(step: int) -> Callable[[int], None]:
    """What hears of steps, and ends the process's work as a signal would."""

    def hear(done: int) -> None:
        if done > step:
            raise KeyboardInterrupt

    return hear


def test_killed_cell_goes_on_from_its_checkpoint_to_the_same_numbers(
    job: Make, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = replace(job(suite=STACK), side=SideFiles(checkpoint=1e-9))
    checkpoint = Store(made.folder).checkpoint(made.specs[0].training_id)
    with pytest.raises(KeyboardInterrupt):
        run_cell(made, end_after(2))
    assert checkpoint.exists()
    heard: list[int] = []
    run_cell(made, heard.append)
    assert heard[:2] == [3, 4]
    assert not checkpoint.exists()
    assert "goes on from step 2" in capsys.readouterr().err
    undisturbed = replace(made, folder=tmp_path / "undisturbed")
    run_cell(undisturbed)
    assert numbers(made) == numbers(undisturbed)


def test_forced_cell_starts_anew(job: Make) -> None:
    made = replace(job(suite=STACK), side=SideFiles(checkpoint=1e-9))
    with pytest.raises(KeyboardInterrupt):
        run_cell(made, end_after(2))
    heard: list[int] = []
    run_cell(replace(made, force=True), heard.append)
    assert heard[:4] == [1, 2, 3, 4]


def test_seeds_that_a_models_own_loop_has_done_are_kept_when_it_is_killed(job: Make) -> None:
    made, heard = job(), list[int]()

    def hear(done: int) -> None:
        heard.append(done)
        if len(heard) == 6:  # in the second seed
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_cell(made, hear)
    again: list[int] = []
    run_cell(made, again.append)
    assert again[:8] == [1, 2, 3, 4] * 2
    assert set(again[8:]) <= {4}


def test_what_training_and_sampling_took_is_in_the_record(job: Make) -> None:
    made = job(suite=STACK)
    run_cell(made)
    for run in Store(made.folder).runs():
        assert run.outcome["peak_memory"] > 10**7  # a process with PyTorch
        assert run.outcome["seconds_per_1000"] == pytest.approx(
            1000 * run.outcome["seconds"] / run.outcome["samples_seen"], abs=1e-3
        )
        assert run.outcome["sampling_seconds_per_1000"] > 0


def test_players_are_kept_where_they_are_asked_for(job: Make) -> None:
    made = replace(job(suite=STACK), side=SideFiles(keep=("players",)))
    run_cell(made)
    (path, _) = (Store(made.folder).players(spec) for spec in made.specs)
    assert read_player(str(path), "discriminator")
    trained = TrainingRecord.load(Store(made.folder).weights(made.specs[0].training_id))
    kept = trained.snapshots[4].weights["generator"]
    assert all(tensor.equal(kept[name]) for name, tensor in read_player(str(path), "generator").items())
