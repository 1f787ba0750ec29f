"""Runs as a whole: the same numbers whatever runs beside, whatever is damaged, and however often they are resumed."""

from __future__ import annotations

import os
import platform
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from gancheck.bench.cell import Job, RunSummary
from gancheck.bench.execution.base import JobResult
from gancheck.bench.execution.local import LocalExecutor
from gancheck.bench.plan import Plan
from gancheck.bench.run import RunOutcome, execute
from gancheck.bench.store import Run, Store
from gancheck.cli.main import main
from gancheck.errors import GancheckError

SUITE = """\
version = "1"
recipes = ["none", "lsgan"]
seeds = 2
block = 2
budget = { steps = 12, evaluations = 2 }
training = { batch = 16 }
evaluation = { samples = 300, metrics = ["score", "modes", "quality", "spread", "diversity", "fid"] }
task = [
  { dataset = "ring(sigma=0.1)", gan = { name = "mlp", width = 8 } },
  { dataset = "grid(side=2)", gan = { name = "mlp", width = 8 } },
]
"""
#: What stands below the recipes although nobody trained it.
BESIDE = ("real", "memoriser", "blanket")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a space in its name, that holds the suite."""
    folder = tmp_path_factory.mktemp("a place")
    (folder / "mine.toml").write_text(SUITE)
    return folder


Go = Callable[..., RunOutcome]
Look = Callable[[Path], Any]


@pytest.fixture(scope="module")
def go(place: Path) -> Go:
    """Run the suite in this process, with other arguments where they are given."""

    def call(
        out: Path, suite: Path = place / "mine.toml", jobs: int | None = 1, threads: int | None = None, **others: Any
    ) -> RunOutcome:
        plan = Plan.make(suite, out=out, device="cpu", **others)
        return execute(plan, LocalExecutor.of("cpu", len(plan.todo), jobs, threads))

    return call


@pytest.fixture(scope="module")
def undisturbed(go: Go, place: Path) -> Path:
    """The folder of a run that nothing happened to."""
    made = go(place / "undisturbed")
    assert str(made) == f"8 done, 0 failed, 0 skipped, 0 cached -> {place / 'undisturbed' / 'leaderboard.csv'}"
    return made.leaderboard.parent


@pytest.fixture
def copy(undisturbed: Path, tmp_path: Path) -> Path:
    """A copy of it, to be disturbed."""
    return Path(shutil.copytree(undisturbed, tmp_path / "runs"))


@pytest.fixture
def same(results: Look, undisturbed: Path) -> Callable[[Path], bool]:
    """Whether a folder holds what the undisturbed one holds."""
    return lambda folder: results(folder).same(results(undisturbed))


class Idle:
    """An executor that must not be asked for anything."""

    def run(self, jobs: Sequence[Job]) -> Iterator[JobResult]:
        raise AssertionError("nothing is to be done")


class Reads(dict[str, Run]):
    """What a store has read, and how often each run's file was."""

    def __init__(self) -> None:
        super().__init__()
        self.counts: Counter[str] = Counter()

    def __setitem__(self, run_id: str, run: Run) -> None:
        self.counts[run_id] += 1
        super().__setitem__(run_id, run)


def test_a_finished_run_is_all_there(undisturbed: Path, results: Look) -> None:
    assert len(results(undisturbed).runs) == 8
    assert [row["strategy"] for row in results(undisturbed).board][-3:] == ["real", "memoriser", "blanket"]
    assert {row["strategy"] for row in results(undisturbed).board} == {"none", "lsgan", "real", "memoriser", "blanket"}
    assert {row["runs"] for row in results(undisturbed).board} == {"4"}
    assert {"tasks.csv", "results.parquet", "suite.json"} <= {p.name for p in undisturbed.iterdir()}
    assert not results(undisturbed).leftovers


def test_the_second_time_all_is_cached_and_no_file_changes(copy: Path, place: Path) -> None:
    before = {p.name: p.read_bytes() for p in copy.glob("[!.]*")}
    heard: list[RunSummary] = []
    made = execute(Plan.make(place / "mine.toml", out=copy, device="cpu"), Idle(), heard.append)
    assert str(made) == f"0 done, 0 failed, 0 skipped, 8 cached -> {copy / 'leaderboard.csv'}"
    assert {p.name: p.read_bytes() for p in copy.glob("[!.]*")} == before
    assert [(summary.status, summary.cached) for summary in heard] == [("done", True)] * 8


@pytest.mark.parametrize("there", [4, 1, 0])
def test_a_run_file_is_read_once(there: int, copy: Path, place: Path) -> None:
    plan = Plan.make(place / "mine.toml", out=copy, device="cpu")
    for spec in (spec for job in plan.jobs[there:] for spec in job.specs):
        plan.store.path(spec.run_id).unlink()
    plan.store.runs_read = reads = Reads()
    made = execute(plan, LocalExecutor(1, 1))
    assert made.counts.total() == len(made.runs) == 8
    assert all(count == 1 for count in reads.counts.values())
    assert len(reads.counts) == 8


def test_every_run_is_heard_of_once_and_its_rows_come_along(tmp_path: Path, place: Path) -> None:
    plan = Plan.make(place / "mine.toml", only=["dataset=ring"], out=tmp_path, device="cpu")
    heard: list[RunSummary] = []
    made = execute(plan, LocalExecutor(1, 1), heard.append)
    assert sorted(summary.label for summary in heard) == sorted(spec.label for spec in plan.specs)
    assert {run.spec.label: run.last("value")["modes"] / 8 for run in made.runs} == {  # type: ignore[operator]
        summary.label: summary.modes_held for summary in heard
    }


def test_force_runs_again_to_the_same_bits(copy: Path, go: Go, same: Callable[[Path], bool]) -> None:
    weights = {p.name: p.stat().st_mtime_ns for p in copy.glob("*.safetensors")}
    made = go(copy, force=True, only=["strategy=none"])
    assert str(made).startswith("4 done, 0 failed, 0 skipped, 0 cached")
    assert sum(weights[p.name] != p.stat().st_mtime_ns for p in copy.glob("*.safetensors")) == 4
    assert same(copy)


def test_the_order_of_tasks_and_recipes_changes_no_number(
    tmp_path: Path, go: Go, undisturbed: Path, results: Look
) -> None:
    head, _, tail = SUITE.partition("task = [\n")
    tasks = tail.splitlines()
    text = head.replace('"none", "lsgan"', '"lsgan", "none"') + "\n".join(["task = [", *tasks[1::-1], "]"])
    (tmp_path / "mine.toml").write_text(text)
    assert go(tmp_path / "runs", tmp_path / "mine.toml").counts == {"done": 8}
    assert results(tmp_path / "runs").within(results(undisturbed))
    assert len(results(tmp_path / "runs").runs) == 8


def test_the_number_of_threads_changes_no_number(tmp_path: Path, go: Go, undisturbed: Path, results: Look) -> None:
    go(tmp_path, only=["strategy=none", "dataset=ring"], threads=2)
    assert results(tmp_path).within(results(undisturbed))
    assert {f.outcome["threads"] for f in Store(tmp_path).runs()} == {2}
    assert {f.outcome["threads"] for f in Store(undisturbed).runs()} == {1}


@pytest.mark.parametrize("jobs", [1, None])
def test_a_worker_takes_one_thread_where_their_number_is_not_chosen(jobs: int | None, tmp_path: Path, go: Go) -> None:
    go(tmp_path, only=["strategy=none", "dataset=ring"], jobs=jobs)
    assert {f.outcome["threads"] for f in Store(tmp_path).runs()} == {1}


def test_every_run_says_what_it_cost(undisturbed: Path) -> None:
    for found in Store(undisturbed).runs():
        assert found.outcome["cpu_seconds"] > 0
        assert found.outcome["seconds"] > 0


def test_workers_side_by_side_make_the_same_numbers(tmp_path: Path, go: Go, undisturbed: Path, results: Look) -> None:
    made = go(tmp_path, only=["dataset=ring"], jobs=2, threads=2)
    assert made.counts == {"done": 4}
    assert results(tmp_path).within(results(undisturbed))
    assert {f.outcome["threads"] for f in Store(tmp_path).runs()} == {2}


def test_more_seeds_leave_those_that_are_there(copy: Path, go: Go, results: Look) -> None:
    before = results(copy).runs
    made = go(copy, seeds=3, only=["strategy=none", "dataset=ring"])
    assert str(made).startswith("2 done, 0 failed, 0 skipped, 2 cached")
    assert before.items() <= results(copy).runs.items()


def test_a_strategy_run_alone_is_ranked_beside_those_that_are_there(tmp_path: Path, go: Go, results: Look) -> None:
    go(tmp_path, only=["strategy=none", "dataset=ring"])
    made = go(tmp_path, only=["strategy=lsgan", "dataset=ring"])
    assert str(made).startswith("2 done, 0 failed, 0 skipped, 0 cached")
    assert {row["strategy"]: row["missing"] for row in results(tmp_path).board} == dict.fromkeys(
        ["none", "lsgan", *BESIDE], "0"
    )


def test_damaged_files_are_named_and_made_again(
    copy: Path, go: Go, same: Callable[[Path], bool], capfd: pytest.CaptureFixture[str]
) -> None:
    files = sorted(copy.glob("*.jsonl"))
    files[0].write_text(files[0].read_text()[:100])
    files[1].write_text(files[1].read_text().replace('"status": "done"', '"status": "diverged"'))
    files[2].rename(copy / "renamed.jsonl")
    weights = copy / f"{training_id(files[3])}.safetensors"
    files[3].unlink()
    weights.write_bytes(weights.read_bytes()[:200])
    made = go(copy)
    assert made.failed == 0
    assert made.counts["done"] >= 4
    said = capfd.readouterr().err
    assert all(name in said for name in (files[0].name, files[1].name, "renamed.jsonl"))
    assert same(copy)
    assert str(go(copy)).startswith("0 done, 0 failed, 0 skipped, 8 cached")


def training_id(path: Path) -> str:
    run = Store(path.parent).read(path.stem)
    assert run is not None
    return run.spec.training_id


def test_a_damaged_run_of_another_strategy_does_not_stop_the_board(
    copy: Path, go: Go, results: Look, capfd: pytest.CaptureFixture[str]
) -> None:
    other = next(p for p in copy.glob("*.jsonl") if '"recipe": "lsgan"' in p.read_text())
    other.write_text("{}")
    made = go(copy, only=["strategy=none"])
    assert str(made).startswith("0 done, 0 failed, 0 skipped, 4 cached")
    assert f"{other.name} is truncated or not a run file; set aside" in capfd.readouterr().err
    missing = {row["strategy"]: row["missing"] for row in results(copy).board}
    assert missing == {"none": "0", "lsgan": "1", **dict.fromkeys(BESIDE, "0")}


def test_another_version_of_the_suite_does_not_get_the_folder(copy: Path, go: Go) -> None:
    with pytest.raises(
        GancheckError, match=r"holds suite mine version 1, not mine version 1\+steps=5; use another --out"
    ):
        go(copy, steps=5)


@pytest.mark.parametrize("name", ["leaderboard.csv", "tasks.csv", "results.parquet"])
def test_a_disk_that_is_full_when_the_board_is_written_is_one_line(name: str, copy: Path, go: Go) -> None:
    before = {p.name: p.read_bytes() for p in copy.glob("[!.]*")}
    (copy / f".{name}.{platform.node()}-{os.getpid()}.part").symlink_to("/dev/full")  # where it is written first
    with pytest.raises(GancheckError, match=f"cannot write .*{name}: No space left on device; free space"):
        go(copy)
    assert {p.name: p.read_bytes() for p in copy.glob("[!.]*")} == before


# ---- what plug-ins can do


TROUBLE = """\
from dataclasses import dataclass
import torch
from torch import nn
import gancheck as gc


class Classifier(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.layer = nn.Linear(size, 1)

    def forward(self, x):
        return self.layer(x.flatten(1))


@gc.gan("headless")
@dataclass(frozen=True)
class Headless(gc.Gan):
    def build(self, data):
        return gc.Players(nn.Linear(2, data.size), Classifier(data.size), gc.Latent(2))


@gc.strategy("raises", family="regulariser")
@dataclass(frozen=True)
class Raises(gc.Strategy):
    def generator_loss(self, loss, game):
        raise KeyError("no\\nluck")


@gc.strategy("explodes", family="regulariser")
@dataclass(frozen=True)
class Explodes(gc.Strategy):
    def generator_loss(self, loss, game):
        return loss / (game.progress < 0.5)
"""


def test_one_plug_in_s_trouble_is_not_another_s(
    tmp_path: Path, results: Look, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("trouble.py").write_text(TROUBLE)
    suite = re.sub(r"recipes = .*", 'recipes = ["raises", "none", "minibatch-std", "explodes", "lsgan"]', SUITE)
    Path("mine.toml").write_text(suite)
    selection = ["--only", "gan=headless", "--only", "dataset=ring"]
    call = ["run", "mine.toml", "--with", "trouble.py", *selection, "--jobs", "1"]
    status = main(call)
    out, err = capfd.readouterr()
    assert status == 1
    assert out.splitlines()[-1] == "4 done, 4 failed, 2 skipped, 0 cached -> runs/mine/leaderboard.csv"
    lines = [line for line in err.splitlines() if line.startswith("ring/headless")]
    assert "ring/headless raises seed 0: failed, KeyError: 'no\\nluck'" in lines
    assert any(re.match("ring/headless explodes seed 1: diverged, .* not finite at step", line) for line in lines)
    assert any(re.match("ring/headless minibatch-std seed 0: skipped, .*nn.Sequential", line) for line in lines)
    assert any(re.match("ring/headless lsgan seed 1: done, \\d+% of the modes, ", line) for line in lines)
    assert "Traceback" not in err
    rows = {row["strategy"]: row for row in results(Path("runs/mine")).board}
    assert [rows[r]["failed"] for r in ("none", "raises", "explodes")] == ["0", "2", "2"]
    for number in ("held", "score"):
        assert [rows[r][number] for r in ("raises", "explodes")] == ["0.0", "0.0"]
        assert (rows["minibatch-std"][number], rows["minibatch-std"]["missing"]) == ("", "2")
    assert list(rows)[-4:] == ["minibatch-std", *BESIDE]
    long = pl.read_parquet("runs/mine/results.parquet")
    assert long.filter(strategy="raises")["reason"].unique().to_list() == ["KeyError: 'no\\nluck'"]
    assert "NaN" not in "".join(p.read_text() for p in Path("runs/mine").glob("*.jsonl"))

    assert main(call) == 1
    again, said = capfd.readouterr()
    assert again.splitlines()[-1] == "0 done, 4 failed, 2 skipped, 4 cached -> runs/mine/leaderboard.csv"
    assert "2 failed runs were not tried again: the folder has them, and no code has changed since; --retry" in again
    assert [line.partition(", ")[0] for line in said.splitlines()] == [  # failures are said again
        f"ring/headless {recipe} seed {seed}: {status}"
        for recipe, status in (("raises", "failed"), ("explodes", "diverged"))
        for seed in range(2)
    ]

    Path("trouble.py").write_text(TROUBLE.replace('raise KeyError("no\\nluck")', "return loss"))
    assert main([*call, "--only", "strategy=none,raises"]) == 0  # changed code is tried without being asked for
    last = capfd.readouterr().out.splitlines()[-1]
    assert last.startswith("2 done, 0 failed, 0 skipped, 2 cached"), last


HELPED = """\
from dataclasses import dataclass
from pathlib import Path
import gancheck as gc
from helper import weight

@gc.strategy("helped", family="regulariser")
@dataclass(frozen=True)
class Helped(gc.Strategy):
    def discriminator_loss(self, loss, game):
        extra = float(Path(__file__).with_name("extra.txt").read_text())
        return loss + (weight() + extra) * game.real_logits.square().mean()
"""


def test_a_changed_helper_or_data_file_is_no_stale_run(tmp_path: Path, place: Path) -> None:
    def values(**files: str) -> tuple[int, list[float | None]]:
        for name, text in {"mine.py": HELPED, **files}.items():
            (tmp_path / name).write_text(text)
        only = ["strategy=helped", "dataset=ring"]
        plan = Plan.make(place / "mine.toml", [tmp_path / "mine.py"], only, out=tmp_path / "runs", device="cpu")
        made = execute(plan, LocalExecutor(1, 1))
        return made.counts["done"], [run.last("value")["fid"] for run in made.runs]

    first = values(**{"helper.py": "def weight():\n    return 0.1\n", "extra.txt": "0"})
    second = values(**{"helper.py": "def weight():\n    return 5.0\n"})
    third = values(**{"extra.txt": "20"})
    assert [done for done, _ in (first, second, third)] == [2, 2, 2]
    assert len({str(numbers) for _, numbers in (first, second, third)}) == 3
    assert values() == (0, third[1])


def test_workers_import_what_stands_beside_a_plug_in(tmp_path: Path, place: Path) -> None:
    for name, text in {"mine.py": HELPED, "helper.py": "def weight():\n    return 0.1\n", "extra.txt": "0"}.items():
        (tmp_path / name).write_text(text)
    only = ["strategy=helped", "dataset=ring,grid"]
    plan = Plan.make(place / "mine.toml", [tmp_path / "mine.py"], only, out=tmp_path / "runs", device="cpu")
    assert execute(plan, LocalExecutor(2, 1)).counts["done"] == 4


def test_a_call_for_a_part_leaves_the_fuller_board(copy: Path, go: Go, results: Look) -> None:
    board = results(copy).board
    made = go(copy, only=["dataset=ring", "strategy=none"])
    assert made.leaderboard == copy / "only" / "leaderboard.csv"
    assert {row["strategy"]: row["runs"] for row in made.board.leaderboard()} == dict.fromkeys(
        ["none", "lsgan", *BESIDE], 2
    )
    assert any(str(copy / "leaderboard.csv") in note for note in made.notes)
    assert results(copy).board == board
    assert go(copy).leaderboard == copy / "leaderboard.csv"


def test_data_that_the_suite_does_not_name_leaves_its_board_alone(copy: Path, go: Go, results: Look) -> None:
    board = results(copy).board
    made = go(copy, only=["dataset=ring(modes=3)", "strategy=none"])
    assert (made.counts, made.leaderboard.parent.name) == ({"done": 2}, "only")
    assert {run.spec.task for run in made.runs} == {"ring(modes=3)/mlp"}
    assert results(copy).board == board


def test_rank_shows_what_was_asked_for_last_where_a_plug_in_was_changed_back(
    tmp_path: Path, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for weight in ("0.1", "5.0", "0.1"):
        (tmp_path / "extra.txt").write_text("0")
        (tmp_path / "helper.py").write_text(f"def weight():\n    return {weight}\n")
        (tmp_path / "mine.py").write_text(HELPED)
        plan = Plan.make(place / "mine.toml", [tmp_path / "mine.py"], ["strategy=helped"], out=tmp_path / "runs")
        made = execute(plan, LocalExecutor(1, 1))
        assert main(["rank", str(tmp_path / "runs")]) == 0
        assert capsys.readouterr().out == made.leaderboard.read_text()


YARDSTICKS = """\
import math
from dataclasses import dataclass
import torch
from torch import nn
import gancheck as gc


class Ring(nn.Module):
    def forward(self, z):
        mode = ((1 + torch.erf(z[:, 0] / math.sqrt(2))) * 4).floor() * math.pi / 4
        return torch.stack([mode.cos(), mode.sin()], 1) + 0.1 * z[:, 1:]


class Point(nn.Module):
    def forward(self, z):
        return torch.tensor([[1.0, 0.0]]).repeat(len(z), 1)


class Untrained(gc.Model):
    def build(self, data):
        return gc.Networks(self.module(), gc.Latent(3))

    def train(self, session):
        for _ in session.steps():
            pass


@gc.gan("perfect")
@dataclass(frozen=True)
class Perfect(Untrained):
    module = Ring


@gc.gan("stuck")
@dataclass(frozen=True)
class Stuck(Untrained):
    module = Point
"""


def test_a_perfect_sampler_scores_one_and_a_generator_stuck_on_one_point_zero(tmp_path: Path) -> None:
    (tmp_path / "yardsticks.py").write_text(YARDSTICKS)
    (tmp_path / "mine.toml").write_text(SUITE.replace("samples = 300", "samples = 4000"))
    only = ["gan=perfect,stuck", "dataset=ring", "strategy=none,r1"]
    plan = Plan.make(tmp_path / "mine.toml", [tmp_path / "yardsticks.py"], only, out=tmp_path / "runs", device="cpu")
    made = execute(plan, LocalExecutor(1, 1))
    assert made.counts == {"done": 4, "skipped": 4}
    rows = {row["task"]: row for row in made.board.tasks() if (row["metric"], row["strategy"]) == ("score", "none")}
    assert rows["ring/perfect"]["mean"] == pytest.approx(1, abs=0.03)
    assert rows["ring/stuck"]["mean"] == 0
    found = {f.spec.task: f for f in Store(tmp_path / "runs").runs() if f.outcome["status"] == "done"}
    assert found["ring/perfect"].last("value")["modes"] == 8
    assert found["ring/stuck"].last("value")["modes"] == 1
    rates = {row["strategy"]: row["collapse_rate"] for row in made.board.leaderboard()}
    assert list(rates)[:3] == ["r1", "perfect (model)", "stuck (model)"]  # no strategy is averaged over models
    assert [rates["perfect (model)"], rates["stuck (model)"]] == [0, 1]
    skipped = [f.outcome["reason"] for f in Store(tmp_path / "runs").runs() if f.outcome["status"] == "skipped"]
    assert skipped == ["r1 needs gancheck's loop, and this model trains itself"] * 4
