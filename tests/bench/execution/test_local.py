"""What can happen to processes: whatever is killed, interrupted or doubled, the folder resumes to the same board."""

from __future__ import annotations

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
from pathlib import Path
from typing import Any

import psutil
import pytest
import torch

from gancheck.bench.execution import local
from gancheck.bench.execution.local import (
    LocalExecutor,
    default_jobs,
    thread_count,
    worker_threads,
)
from gancheck.bench.plan import Plan
from gancheck.bench.run import OnRun, RunOutcome, execute
from gancheck.cli.main import main
from gancheck.errors import GancheckError
from gancheck.system.cores import available_cores

ROOT = Path(__file__).parents[3]
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
        if session.seed == 3 and "DIE_ONCE" in os.environ and not os.path.exists(os.environ["DIE_ONCE"]):
            open(os.environ["DIE_ONCE"], "w").close()
            os.kill(os.getpid(), 9)
        for _ in session.steps():
            time.sleep(float(os.environ.get("SLOW", "0")))
            with torch.no_grad():
                session.players.generator.weight.add_(0.1 * session.latent(2))
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("a place")
    (folder / "mine.toml").write_text(SUITE)
    (folder / "own.py").write_text(GAN)
    return folder


Go = Callable[..., RunOutcome]
Look = Callable[[Path], Any]
Child = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture(scope="module")
def go(place: Path) -> Go:
    """Run the suite from this process, with so many workers."""

    def call(out: Path, *only: str, jobs: int = 1, on_run: OnRun = lambda _: None) -> RunOutcome:
        plan = Plan.make(place / "mine.toml", [place / "own.py"], only, out=out, device="cpu")
        return execute(plan, LocalExecutor(jobs, 1), on_run)

    return call


@pytest.fixture(scope="module")
def undisturbed(go: Go, place: Path, results: Look) -> Any:
    """What a run gives that nothing happens to."""
    return results(go(place / "undisturbed").leaderboard.parent)


def hear_ctrl_c() -> None:
    """A shell's background jobs, and so what tests start in one, ignore it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


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
        main = subprocess.Popen(
            command, cwd=place, env=settings, start_new_session=True, preexec_fn=hear_ctrl_c, **pipes
        )
        started.append(main)
        return started[-1]

    yield start
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def wait_for(condition: Callable[[], object], seconds: float = 200) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)  # to look for processes costs


def workers(main: subprocess.Popen[str]) -> list[psutil.Process]:
    """Everybody below a main process, once it has started two workers."""
    wait_for(lambda: len(psutil.Process(main.pid).children(recursive=True)) >= 4)  # a tracker, and who starts workers
    return psutil.Process(main.pid).children(recursive=True)


def test_ctrl_c_says_how_to_resume_and_leaves_nothing_behind(
    tmp_path: Path, go: Go, undisturbed: Any, results: Look, child: Child
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
    assert "Traceback" not in err + out, err
    assert not psutil.wait_procs(family, timeout=60)[1]
    assert not results(folder).leftovers
    held = len(results(folder).runs)
    assert 0 < held < 12
    assert results(folder).within(undisturbed)
    made = go(folder)
    assert made.counts["cached"] >= held - 2  # of two cells that were cut short, all is measured again
    assert results(folder).same(undisturbed)


#: What a user writes who has never heard of `if __name__ == "__main__"`.
SCRIPT = """\
import sys
import gancheck as gc

print(gc.run("mine.toml", plugins=["own.py"], out=sys.argv[1], jobs=2))
"""


def test_workers_follow_a_killed_main_process_and_the_folder_resumes(
    tmp_path: Path, go: Go, undisturbed: Any, results: Look, child: Child
) -> None:
    folder, luck = tmp_path / "runs", random.Random(1)
    main = child(folder, jobs=2, slow=0.02, script=SCRIPT)
    family = workers(main)
    wait_for(lambda: list(folder.glob("*.safetensors")))
    time.sleep(luck.uniform(0, 0.5))
    main.kill()
    main.communicate(timeout=120)
    assert not psutil.wait_procs(family, timeout=60)[1]
    assert len(results(folder).runs) < 12
    go(folder)
    assert results(folder).same(undisturbed)
    assert not results(folder).leftovers


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
    tmp_path: Path, go: Go, undisturbed: Any, results: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, luck, held = tmp_path / "runs", random.Random(2), []
    monkeypatch.setenv("SLOW", "0.002")
    for _ in range(6):
        process = fork(lambda: go(folder), tmp_path / "errors")
        time.sleep(luck.uniform(0.1, 0.3))
        process.kill()
        process.join()
        held.append(len(results(folder).runs))
        assert results(folder).within(undisturbed)
    assert held[0] < 12
    assert held == sorted(held)
    monkeypatch.delenv("SLOW")
    go(folder)
    assert results(folder).same(undisturbed)
    assert not results(folder).leftovers


@pytest.mark.parametrize(("bytes_left", "kind"), [(600, "safetensors"), (2400, "jsonl")])
def test_a_full_disk_is_one_line_and_nothing_is_lost(
    bytes_left: int, kind: str, tmp_path: Path, place: Path, go: Go, undisturbed: Any, results: Look
) -> None:
    folder = tmp_path / "runs"
    go(folder, "dataset=ring")

    def full() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_left, bytes_left))
        files = [str(place / "mine.toml"), "--with", str(place / "own.py")]
        sys.exit(main(["run", *files, "--out", str(folder), "--jobs", "1"]))

    process = fork(full, tmp_path / "errors")
    process.join(200)
    assert process.exitcode == 2
    place_line, line = (tmp_path / "errors").read_text().splitlines()
    assert place_line.startswith("gancheck: results go to ")
    assert re.fullmatch(rf"gancheck: cannot write .*\.{kind}: File too large; free space or choose another --out", line)
    assert not results(folder).leftovers
    assert len(results(folder).runs) == 6
    assert str(go(folder)).startswith("6 done, 0 failed, 0 skipped, 6 cached")
    assert results(folder).same(undisturbed)


def test_two_runs_on_one_folder_make_every_run_once(
    tmp_path: Path,
    place: Path,
    undisturbed: Any,
    results: Look,
    child: Child,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = tmp_path / "runs"
    other = child(folder, jobs=1, slow=0.02)
    wait_for(lambda: folder.is_dir() and any(folder.iterdir()))  # it is at work
    monkeypatch.setenv("SLOW", "0.02")
    call = ["run", str(place / "mine.toml"), "--with", str(place / "own.py"), "--out", str(folder), "--jobs", "1"]
    assert main(call) == 0
    lines = [text.splitlines()[-1] for text in (capsys.readouterr().out, other.communicate(timeout=250)[0])]
    assert other.returncode == 0
    found = [re.fullmatch(r"(\d+) done, 0 failed, 0 skipped, (\d+) cached -> .*", line) for line in lines]
    done, cached = ([int(match[i]) for match in found if match] for i in (1, 2))
    assert sum(done) == 12
    assert [d + c for d, c in zip(done, cached, strict=True)] == [12, 12]
    assert results(folder).same(undisturbed)
    assert not results(folder).leftovers


def test_a_worker_that_is_killed_once_costs_nothing(
    tmp_path: Path, go: Go, undisturbed: Any, results: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIE_ONCE", str(tmp_path / "dead"))
    made = go(tmp_path / "runs", "dataset=ring", jobs=2)
    assert dict(made.counts) == {"done": 6}
    assert (tmp_path / "dead").exists()
    assert results(tmp_path / "runs").within(undisturbed)


def test_one_worker_for_each_core_and_no_more_than_there_is_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "available_cores", lambda: 8)
    assert [default_jobs("cpu", cells) for cells in (0, 1, 3, 50)] == [1, 1, 3, 8]
    assert default_jobs("cuda", 50) == 1
    monkeypatch.setattr("torch.cuda.device_count", lambda: 4)
    assert [default_jobs("cuda", cells) for cells in (0, 1, 3, 50)] == [1, 1, 3, 4]
    assert default_jobs("cuda:2", 50) == 1


def test_workers_are_spread_over_the_gpus_that_were_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.device_count", lambda: 2)
    pools = {device: LocalExecutor.of(device, 50, jobs=3) for device in ("cuda", "cuda:1", "cpu")}
    taken = {device: [pool.gpu(worker) for worker in range(3)] for device, pool in pools.items()}
    assert taken == {"cuda": [0, 1, 0], "cuda:1": [1, 1, 1], "cpu": [None] * 3}


def test_as_many_workers_as_asked_for_and_no_more_than_there_is_work() -> None:
    assert [LocalExecutor.of("cpu", cells, jobs=3).workers for cells in (0, 1, 2, 50)] == [1, 1, 2, 3]
    assert LocalExecutor.of("cuda", 50, jobs=2).workers == 2
    assert LocalExecutor.of("cuda", 50).workers == 1


def test_a_worker_has_one_thread_unless_their_number_was_chosen() -> None:
    assert [LocalExecutor.of("cpu", 50, jobs).threads for jobs in (None, 1, 3)] == [1, 1, 1]
    assert [LocalExecutor.of(device, 50, 3, threads=4).threads for device in ("cpu", "cuda")] == [4, 4]
    assert worker_threads("cuda", 1) == LocalExecutor.of("cuda", 50).threads == available_cores()
    assert LocalExecutor.of("cuda", 50, 64).threads == 1  # workers share the cores beside a GPU


@pytest.mark.parametrize("count", [0, -2])
@pytest.mark.parametrize("what", ["jobs", "threads"])
def test_no_workers_and_no_threads_are_refused(what: str, count: int) -> None:
    with pytest.raises(GancheckError, match=f"{what} = {count}: needs at least 1"):
        LocalExecutor.of("cpu", 3, **{what: count})


def test_threads_are_given_back() -> None:
    before = torch.get_num_threads()
    with thread_count(before + 2):
        assert torch.get_num_threads() == before + 2
    assert torch.get_num_threads() == before
