"""Runs as a whole: the same numbers whatever runs beside, whatever is damaged, and however often they are resumed."""

from __future__ import annotations

import os
import platform
import shutil
from collections import Counter
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import Any

import pytest

from gancheck.bench.cell import Job, RunSummary
from gancheck.bench.execution.base import JobResult
from gancheck.bench.execution.local import LocalExecutor
from gancheck.bench.plan import Plan
from gancheck.bench.run import OnRun, RunOutcome, describe_trouble, execute, missing_compiler
from gancheck.bench.store import Run, Store
from gancheck.errors import GancheckError

#: What stands below the recipes although nobody trained it.
BESIDE = ("real", "memoriser", "blanket")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, suite_text: str) -> Path:
    """A folder with a space in its name, that holds the suite."""
    folder = tmp_path_factory.mktemp("a place")
    (folder / "mine.toml").write_text(suite_text)
    return folder


Go = Callable[..., RunOutcome]
Look = Callable[[Path], Any]


@pytest.fixture(scope="module")
def go(place: Path) -> Go:
    """Run the suite in this process, with other arguments where they are given."""

    def call(
        out: Path,
        suite: Path = place / "mine.toml",
        jobs: int | None = 1,
        threads: int | None = None,
        on_run: OnRun = lambda _: None,
        **others: Any,
    ) -> RunOutcome:
        plan = Plan.make(suite, out=out, device="cpu", **others)
        return execute(plan, LocalExecutor.of("cpu", len(plan.todo), jobs, threads), on_run)

    return call


@pytest.fixture(scope="module")
def heard() -> list[RunSummary]:
    """What the undisturbed run told, in its order."""
    return []


@pytest.fixture(scope="module")
def outcome(go: Go, place: Path, heard: list[RunSummary]) -> RunOutcome:
    """A run that nothing happened to."""
    return go(place / "undisturbed", on_run=heard.append)


@pytest.fixture(scope="module")
def undisturbed(outcome: RunOutcome, place: Path) -> Path:
    """The folder of a run that nothing happened to."""
    made = outcome
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

    def run(self, jobs: Sequence[Job]) -> Generator[JobResult]:
        raise AssertionError("nothing is to be done")


class Stopped(Idle):
    """An executor whose workers are waited for when it is closed, in the middle of which Ctrl-C comes again."""

    holds_workers = False

    def run(self, jobs: Sequence[Job]) -> Generator[JobResult]:
        self.holds_workers = True
        try:
            yield jobs[0], [RunSummary("ring/mlp none seed 0", "done", "", 1.0, 0.1)]
        finally:
            self.holds_workers = False
            raise KeyboardInterrupt("twice")


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


def test_ctrl_c_that_hits_who_hears_of_runs_ends_the_workers_and_may_come_again(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan, executor, ignored = Plan.make(place / "mine.toml", out=tmp_path, device="cpu"), Stopped(), list[Any]()
    monkeypatch.setattr("sys.unraisablehook", ignored.append)  # which would print a traceback

    def stop(summary: RunSummary) -> None:
        raise KeyboardInterrupt("once")

    with pytest.raises(KeyboardInterrupt, match="twice"):
        execute(plan, executor, stop)
    assert not executor.holds_workers
    assert not ignored


def test_every_run_is_heard_of_once_and_its_rows_come_along(outcome: RunOutcome, heard: list[RunSummary]) -> None:
    runs = {run.spec.label: run for run in outcome.runs}
    assert sorted(summary.label for summary in heard) == sorted(runs)
    assert len(heard) == 8
    for summary in heard:
        modes = runs[summary.label].last("value")["modes"]
        assert modes is not None
        assert modes / (8 if summary.label.startswith("ring") else 4) == summary.modes_held


def test_force_runs_again_to_the_same_bits(copy: Path, go: Go, same: Callable[[Path], bool]) -> None:
    weights = {p.name: p.stat().st_mtime_ns for p in copy.glob("*.safetensors")}
    made = go(copy, force=True, only=["strategy=none"])
    assert str(made).startswith("4 done, 0 failed, 0 skipped, 0 cached")
    assert sum(weights[p.name] != p.stat().st_mtime_ns for p in copy.glob("*.safetensors")) == 4
    assert same(copy)


def test_the_order_of_tasks_and_recipes_changes_no_number(
    tmp_path: Path, go: Go, undisturbed: Path, results: Look, suite_text: str
) -> None:
    head, _, tail = suite_text.partition("task = [\n")
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


def test_every_run_says_what_it_cost(undisturbed: Path) -> None:
    for found in Store(undisturbed).runs():
        assert found.outcome["cpu_seconds"] > 0
        assert found.outcome["seconds"] > 0


@pytest.fixture(scope="module")
def side_by_side(place: Path, go: Go, write_helped: Callable[..., Path]) -> RunOutcome:
    """Three recipes in two workers; one recipe is a plug-in that imports what stands beside it."""
    only = ["strategy=none,lsgan,helped", "dataset=ring"]
    return go(place / "side by side", plugins=[write_helped(place)], only=only, jobs=2, threads=2)


def test_a_run_says_once_that_it_was_slow_for_want_of_a_compiler(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    plan = Plan.make("quick", only=["strategy=none,r1", "dataset=grid,ring"], out=tmp_path / "runs")
    (note,) = missing_compiler(plan, plan.jobs)
    assert "2 blocks of seeds" in note  # those of the grid; travelling is too short to be compiled
    assert "C++ compiler" in note
    assert not list(missing_compiler(plan, []))
    (tmp_path / "g++").touch(mode=0o755)
    assert not list(missing_compiler(plan, plan.jobs))


def test_a_run_tells_why_some_left_the_fast_way() -> None:
    heard = [
        RunSummary(f"ring/mlp odd seed {i}", "done", "", 1.0, 0.1, cached=i == 2, detour="stacked-traced: a branch")
        for i in range(3)
    ]
    assert list(describe_trouble(heard)) == ["2 runs left the fast way of training, stacked-traced: a branch"]


def test_workers_side_by_side_make_the_same_numbers(side_by_side: RunOutcome, undisturbed: Path, results: Look) -> None:
    made = results(side_by_side.leaderboard.parent).runs
    known = {run_id: run for run_id, run in made.items() if run_id in results(undisturbed).runs}
    assert len(known) == 4
    assert known.items() <= results(undisturbed).runs.items()
    assert {f.outcome["threads"] for f in side_by_side.runs} == {2}


def test_workers_import_what_stands_beside_a_plug_in(side_by_side: RunOutcome) -> None:
    assert side_by_side.counts == {"done": 6}
    assert sum(run.spec.recipe == "helped" for run in side_by_side.runs) == 2


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
