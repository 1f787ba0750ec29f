"""What can happen to processes: whatever is killed, interrupted or doubled, the folder resumes to the same board."""

from __future__ import annotations

import csv
import multiprocessing
import os
import random
import re
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

import psutil
import pytest
import torch

from gancheck import cli, pool, running
from gancheck.pool import cores, jobs_by_default, threaded, threads_by_default
from gancheck.running import Outcome, run
from gancheck.store import Run, Store

ROOT = Path(__file__).parents[1]
SUITE = """\
version = "1"
recipes = ["none"]
seeds = 6
block = 2
budget = { steps = 10, evaluations = 2 }
evaluation = { samples = 300, metrics = ["score", "modes", "quality", "fid"] }
task = [{ dataset = "ring(sigma=0.1)", gan = "own" }, { dataset = "grid(side=2)", gan = "own" }]
"""
#: The environment can slow it down, or tell it to kill the process that it is in.
GAN = """\
import os
import time
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
        if os.environ.get("DIE") == str(session.seed):
            os.kill(os.getpid(), 9)
        for _ in session.steps():
            time.sleep(float(os.environ.get("SLOW", "0")))
            with torch.no_grad():
                session.players.generator.weight.add_(0.1 * session.latent(2))
"""


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """One thread, and no pictures."""
    monkeypatch.setattr(pool, "cores", lambda: 1)
    monkeypatch.setattr(running, "draw", lambda *_: [])


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("a place")
    (folder / "mine.toml").write_text(SUITE)
    (folder / "own.py").write_text(GAN)
    return folder


Go = Callable[..., Outcome]
Child = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def go(place: Path) -> Go:
    """Run the suite in this process."""

    def call(out: Path, jobs: int = 1) -> Outcome:
        return run(place / "mine.toml", files=[place / "own.py"], out=out, jobs=jobs, device="cpu")

    return call


@pytest.fixture
def undisturbed(go: Go, tmp_path: Path) -> Path:
    """The folder of a run that nothing happens to."""
    return go(tmp_path / "undisturbed").leaderboard.parent


@pytest.fixture
def child(place: Path) -> Iterator[Child]:
    """Start `gancheck run` in a process group of its own."""
    started: list[subprocess.Popen[str]] = []

    def start(out: Path, jobs: int, slow: float, script: str = "") -> subprocess.Popen[str]:
        (place / "script.py").write_text(script)
        call = ["-m", "gancheck", "run", "mine.toml", "--with", "own.py", "--out", str(out), "--jobs", str(jobs)]
        settings = {**os.environ, "PYTHONPATH": str(ROOT), "SLOW": str(slow)}
        pipes: Any = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        command = [sys.executable, *(["script.py", str(out)] if script else call)]
        started.append(subprocess.Popen(command, cwd=place, env=settings, start_new_session=True, **pipes))
        return started[-1]

    yield start
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def numbers(folder: Path) -> dict[str, Any]:
    """Everything in every run file but times and threads."""
    clocks = ("seconds", "cpu_seconds", "evaluation_seconds", "threads")

    def lasting(found: Run) -> tuple[Any, ...]:
        return found.spec, found.rows, {k: v for k, v in found.outcome.items() if k not in clocks}

    return {found.spec["run_id"]: lasting(found) for found in Store(folder).runs()}


def board(folder: Path) -> list[dict[str, str]]:
    """The leaderboard without the column that depends on the clock."""
    with (folder / "leaderboard.csv").open() as file:
        return [{k: v for k, v in row.items() if k != "cost_ratio"} for row in csv.DictReader(file)]


def same(folder: Path, other: Path) -> bool:
    return numbers(folder) == numbers(other) and board(folder) == board(other)


def leftovers(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.name.endswith(".part")]


def wait_for(condition: Callable[[], object], seconds: float = 200) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


def workers(main: subprocess.Popen[str]) -> list[psutil.Process]:
    """Everybody below a main process, once it has started two workers."""
    wait_for(lambda: len(psutil.Process(main.pid).children(recursive=True)) >= 3)  # and a tracker of resources
    return psutil.Process(main.pid).children(recursive=True)


def test_ctrl_c_says_how_to_resume_and_leaves_nothing_behind(
    tmp_path: Path, go: Go, undisturbed: Path, child: Child
) -> None:
    folder = tmp_path / "runs"
    main = child(folder, jobs=2, slow=0.02)
    family = workers(main)
    for process in family:
        process.send_signal(signal.SIGINT)  # workers leave it to the main process, even while they start
    wait_for(lambda: list(folder.glob("*.jsonl")))
    os.killpg(main.pid, signal.SIGINT)  # as a terminal does: everybody hears it
    out, err = main.communicate(timeout=120)
    assert main.returncode == 130
    assert err.splitlines()[-1] == (
        "gancheck: interrupted; nothing is half-written. The same command goes on where it stopped."
    )
    assert "Traceback" not in err + out
    assert not psutil.wait_procs(family, timeout=60)[1]
    assert not leftovers(folder)
    held = numbers(folder)
    assert 0 < len(held) < 12
    assert held.items() <= numbers(undisturbed).items()
    made = go(folder)
    assert made.counts["cached"] >= len(held) - 2  # of two cells that were cut short, all is measured again
    assert same(folder, undisturbed)


#: What a user writes who has never heard of `if __name__ == "__main__"`.
SCRIPT = """\
import sys
import gancheck as gc

print(gc.run("mine.toml", files=["own.py"], out=sys.argv[1], jobs=2))
"""


def test_workers_follow_a_killed_main_process_and_the_folder_resumes(
    tmp_path: Path, go: Go, undisturbed: Path, child: Child
) -> None:
    folder, luck = tmp_path / "runs", random.Random(1)
    main = child(folder, jobs=2, slow=0.02, script=SCRIPT)
    family = workers(main)
    wait_for(lambda: list(folder.glob("*.safetensors")))
    time.sleep(luck.uniform(0, 0.5))
    main.kill()
    main.communicate(timeout=120)
    assert not psutil.wait_procs(family, timeout=60)[1]
    assert len(numbers(folder)) < 12
    go(folder)
    assert same(folder, undisturbed)
    assert not leftovers(folder)


def doomed(call: Callable[[], object], errors: Path) -> None:
    """Run in a forked process, which needs no second import of torch."""
    os.dup2(os.open(errors, os.O_WRONLY | os.O_CREAT), 2)
    sys.stderr = os.fdopen(2, "w", closefd=False)
    try:
        call()
    finally:
        sys.stderr.flush()


def fork(call: Callable[[], object], errors: Path) -> Any:
    process = multiprocessing.get_context("fork").Process(target=doomed, args=(call, errors))
    process.start()
    return process


def test_kills_at_random_moments_leave_a_folder_that_resumes_to_the_same_board(
    tmp_path: Path, go: Go, undisturbed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, luck, held = tmp_path / "runs", random.Random(2), []
    monkeypatch.setenv("SLOW", "0.002")
    for _ in range(6):
        process = fork(lambda: go(folder), tmp_path / "errors")
        time.sleep(luck.uniform(0.1, 0.3))
        process.kill()
        process.join()
        held.append(len(numbers(folder)))
        assert numbers(folder).items() <= numbers(undisturbed).items()
    assert held[0] < 12
    assert held == sorted(held)
    monkeypatch.delenv("SLOW")
    go(folder)
    assert same(folder, undisturbed)
    assert not leftovers(folder)


@pytest.mark.parametrize(("bytes_left", "kind"), [(300, "safetensors"), (1500, "jsonl")])
def test_a_full_disk_is_one_line_and_nothing_is_lost(
    bytes_left: int, kind: str, tmp_path: Path, place: Path, go: Go, undisturbed: Path
) -> None:
    folder = tmp_path / "runs"
    run(place / "mine.toml", files=[place / "own.py"], only=["dataset=ring"], out=folder, jobs=1)

    def full() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_left, bytes_left))
        files = [str(place / "mine.toml"), "--with", str(place / "own.py")]
        sys.exit(cli.main(["run", *files, "--out", str(folder), "--jobs", "1"]))

    process = fork(full, tmp_path / "errors")
    process.join(200)
    assert process.exitcode == 2
    (line,) = (tmp_path / "errors").read_text().splitlines()
    assert re.fullmatch(rf"gancheck: cannot write .*\.{kind}: File too large; free space or choose another --out", line)
    assert not leftovers(folder)
    assert len(numbers(folder)) == 6
    assert str(go(folder)).startswith("6 done, 0 failed, 0 skipped, 6 cached")
    assert same(folder, undisturbed)


def test_two_runs_on_one_folder_make_every_run_once(tmp_path: Path, undisturbed: Path, child: Child) -> None:
    folder = tmp_path / "runs"
    both = [child(folder, jobs=1, slow=0.01) for _ in range(2)]
    for process, core in zip(both, cycle(os.sched_getaffinity(0)), strict=False):
        os.sched_setaffinity(process.pid, [core])  # and so one thread each
    lines = [process.communicate(timeout=250)[0].splitlines()[-1] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    found = [re.fullmatch(r"(\d+) done, 0 failed, 0 skipped, (\d+) cached -> .*", line) for line in lines]
    done, cached = ([int(match[i]) for match in found if match] for i in (1, 2))
    assert sum(done) == 12
    assert [d + c for d, c in zip(done, cached, strict=True)] == [12, 12]
    assert same(folder, undisturbed)
    assert not leftovers(folder)


def test_a_killed_worker_is_reported_and_the_rest_is_made_the_next_time(
    tmp_path: Path, go: Go, undisturbed: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "runs"
    with monkeypatch.context() as patch:
        patch.setenv("DIE", "3")
        made = go(folder, jobs=2)
    assert made.counts["missing"] >= 4
    assert made.failed == made.counts["missing"] == 12 - made.counts["done"]
    said = capfd.readouterr().err
    for task in ("ring", "grid"):
        lost = f"{task}/own none seed 3: missing, a worker was killed (out of memory?); run again to resume"
        assert lost in said
    assert 4 <= int(board(folder)[0]["missing"]) <= made.counts["missing"]  # a last report may be lost with the worker
    assert go(folder).failed == 0
    assert same(folder, undisturbed)


def test_one_worker_for_each_core_and_no_more_than_there_is_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "cores", lambda: 8)
    assert [jobs_by_default("cpu", cells) for cells in (0, 1, 3, 50)] == [1, 1, 3, 8]
    assert jobs_by_default("cuda", 50) == 1


def test_a_worker_has_one_thread_unless_the_number_of_workers_was_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "cores", lambda: 8)
    assert [threads_by_default("cpu", workers, chosen=False) for workers in (1, 3, 8)] == [1, 1, 1]
    assert [threads_by_default("cpu", workers, chosen=True) for workers in (1, 3, 8, 20)] == [8, 2, 1, 1]
    assert threads_by_default("cuda", 1, chosen=False) == 8


def test_cores_are_those_that_the_process_may_use() -> None:
    assert cores() == len(os.sched_getaffinity(0))


def test_threads_are_given_back() -> None:
    before = torch.get_num_threads()
    with threaded(before + 2):
        assert torch.get_num_threads() == before + 2
    assert torch.get_num_threads() == before
