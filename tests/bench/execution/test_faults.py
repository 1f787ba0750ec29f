"""Plug-ins that misbehave: each is one row with its reason, and everything beside it is what it would have been."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gancheck.bench.cell import Job, Retry
from gancheck.bench.execution import worker
from gancheck.bench.execution.local import LocalExecutor
from gancheck.bench.lost_job import Attempt, Loss, describe_exit, split_job
from gancheck.bench.plan import Plan
from gancheck.bench.run import RunOutcome, execute
from gancheck.bench.store import Run

SUITE = """\
version = "1"
recipes = ["none"]
seeds = 1
block = 1
budget = { steps = 10, evaluations = 1, timeout = 1.0 }
evaluation = { samples = 200, metrics = ["modes", "quality"] }
"""
#: What every GAN does before it trains.
FAULTS = {
    "good": "pass",
    "exits": "sys.exit(7)",
    "talks": "print('nonsense'); os.write(1, b'more nonsense')",
    "wanders": "os.chdir('/')",
    "reseeds": "torch.manual_seed(0); random.seed(0); numpy.random.seed(0)",
    "retypes": "torch.set_default_dtype(torch.float64)",
    "forks": "os.fork()",
    "closure": "self_made = [lambda: session]; session.kept = self_made",
    "lacks": "import no_such_package",
    "quits": "os._exit(5)",
    "crashes": "resource.setrlimit(resource.RLIMIT_CORE, (0, 0)); ctypes.string_at(0)",
    "spins": "exec('while True: pass')",
    "leaks": "kept = torch.ones(2**28); time.sleep(1e6)",
}
GAN = """\
import ctypes, os, random, resource, sys, time
from dataclasses import dataclass
import numpy
import torch
from torch import nn
import gancheck as gc


class Own(gc.Gan):
    def build(self, data):
        return gc.Players(nn.Linear(2, data.size), nn.Linear(data.size, 1), gc.Latent(2))

    def train(self, session):
        if "HEALED" not in os.environ:
            self.misbehave(session)
        for _ in session.steps():
            with torch.no_grad():
                session.players.generator.weight.add_(0.1 * session.latent(2))
"""
ONE = """

@gc.gan("{name}")
@dataclass(frozen=True)
class {title}(Own):
    def misbehave(self, session):
        {act}
"""
#: Status and reason of those that come to nothing.
ENDS = {
    "exits": ("failed", "SystemExit: 7"),
    "retypes": ("failed", "must have the same dtype"),
    "lacks": ("failed", "No module named 'no_such_package'"),
    "quits": ("failed", "its process ended with exit status 5"),
    "crashes": ("failed", "its process was killed by SIGSEGV"),
    "spins": ("timeout", "over 1 s, and no sign for"),
    "leaks": ("failed", "over 1.2 GiB of memory"),
}


LIMITED = "budget = { steps = 10, evaluations = 1, timeout = 1.0, memory = 1.2 }\n"
TASK = '[[task]]\ndataset = "ring(sigma=0.1)"\ngan = "{}"\n'


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A suite of all of them. Only one has a limit of memory, which takes a worker of its own."""
    place = tmp_path_factory.mktemp("faults")
    acts = [ONE.format(name=name, title=name.title(), act=act) for name, act in FAULTS.items()]
    (place / "own.py").write_text(GAN + "".join(acts))
    tasks = [TASK.format(name) + (LIMITED if name == "leaks" else "") for name in FAULTS]
    (place / "mine.toml").write_text(SUITE + "\n".join(tasks))
    return place


def run_all(place: Path, out: Path, retry: Retry | None = None) -> RunOutcome:
    """The suite on one worker, which is replaced where it must be."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(worker, "PATIENCE", 20.0)
        patch.setattr("gancheck.bench.lost_job.TRIES", 1)
        plan = Plan.make(place / "mine.toml", [place / "own.py"], out=out, device="cpu", retry=retry)
        return execute(plan, LocalExecutor(1, 1))


@pytest.fixture(scope="module")
def outcome(place: Path) -> RunOutcome:
    """What comes of it."""
    return run_all(place, place / "runs")


def by_gan(outcome: RunOutcome) -> dict[str, Run]:
    return {run.spec.task.partition("/")[2]: run for run in outcome.runs}


def test_every_plug_in_has_its_row(outcome: RunOutcome) -> None:
    assert by_gan(outcome).keys() == FAULTS.keys()
    assert outcome.counts["missing"] == 0


@pytest.mark.parametrize("name", ENDS)
def test_plug_in_that_comes_to_nothing_is_one_row_with_its_reason(name: str, outcome: RunOutcome) -> None:
    ended, (status, reason) = by_gan(outcome)[name].outcome, ENDS[name]
    assert ended["status"] == status
    assert reason in ended["reason"]


@pytest.mark.parametrize("name", [name for name in FAULTS if name not in ENDS])
def test_plug_in_that_only_misbehaves_gives_the_numbers_of_one_that_does_not(name: str, outcome: RunOutcome) -> None:
    runs = by_gan(outcome)
    assert runs[name].outcome["status"] == "done"
    assert [row for row in runs[name].rows if row["kind"] == "value"] == [
        row for row in runs["good"].rows if row["kind"] == "value"
    ]


def test_those_that_came_to_nothing_are_tried_again_when_asked_for_and_no_other(
    outcome: RunOutcome, place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = shutil.copytree(outcome.leaderboard.parent, tmp_path / "runs")
    monkeypatch.setenv("HEALED", "yes")
    kept = Counter({**outcome.counts, "done": 0, "cached": outcome.counts["done"]})
    assert run_all(place, folder).counts == kept
    again = run_all(place, folder, retry="failed")
    assert again.counts == {"done": len(ENDS), "cached": len(FAULTS) - len(ENDS)}
    runs = by_gan(again)
    assert all(runs[name].last("value") == runs["good"].last("value") for name in ENDS)


@pytest.fixture
def job(tmp_path: Path, run_spec: Callable[..., Any]) -> Callable[[str], Any]:
    """A job of two seeds, as a stack or with a loop of its own."""

    def make(path: str) -> Job:
        return Job(None, [run_spec(seed=seed, path=path) for seed in (0, 1)], tmp_path, ())  # type: ignore[arg-type]

    return make


def test_lost_job_is_tried_three_times_in_all(job: Callable[[str], Any]) -> None:
    lost, tries = Loss("gone"), 1
    attempt = Attempt(job("stacked-traced"))
    while following := attempt.after(lost):
        (attempt,) = following
        tries += 1
    assert tries == 3


def test_broken_limit_is_not_tried_again(job: Callable[[str], Any]) -> None:
    assert not Attempt(job("stacked-traced")).after(Loss("over 1 s", "timeout", by_chance=False))


def test_seeds_of_an_own_loop_are_parted_so_that_one_costs_no_other(job: Callable[[str], Any]) -> None:
    following = Attempt(job("own-loop")).after(Loss("over 1 s", "timeout", by_chance=False))
    assert [[spec.seed for spec in attempt.job.specs] for attempt in following] == [[0], [1]]
    assert len(split_job(job("stacked-traced"))) == 1


def test_exit_codes_are_told_in_words() -> None:
    assert describe_exit(-9) == "its process was killed by SIGKILL (out of memory?)"
    assert describe_exit(3) == "its process ended with exit status 3"
