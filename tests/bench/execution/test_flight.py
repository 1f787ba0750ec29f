"""What keeps a cluster's driver from reading or writing one job's files costs no other job what is done.

Shown by a Ray whose tasks are done in this process as they are given out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from gancheck.bench.cell import Job, RunSummary
from gancheck.bench.execution.cargo import commit_changes
from gancheck.bench.execution.ray import RayExecutor
from gancheck.bench.plan import Plan
from gancheck.bench.run import execute
from gancheck.errors import StoreError

SUITE = """\
version = "1"
recipes = ["none"]
seeds = 2
block = 1
budget = { steps = 2, evaluations = 1 }
evaluation = { samples = 200, metrics = ["modes", "quality"] }
task = [{ dataset = "ring(sigma=0.1)", gan = "mlp(width=8, depth=1)" }]
"""


@dataclass(frozen=True, eq=False)
class Reference:
    """To what a task has handed back."""

    result: Any


@dataclass(frozen=True)
class InlineTask:
    """Work that is done when it is given out."""

    work: Callable[..., Any]

    def options(self, **_: Any) -> InlineTask:
        return self

    def remote(self, *parts: Any) -> Reference:
        return Reference(self.work(*parts))


class InlineRay:
    """As much of Ray as the driver knows."""

    exceptions = SimpleNamespace(RayError=ConnectionError)

    def nodes(self) -> list[dict[str, Any]]:
        return [{"Alive": True, "Resources": {"CPU": 2.0}}]

    def put(self, content: Any) -> Any:
        return content

    def remote(self, work: Callable[..., Any]) -> InlineTask:
        return InlineTask(work)

    def wait(self, flying: Sequence[Reference], **_: Any) -> tuple[list[Reference], list[Reference]]:
        return list(flying), []

    def get(self, reference: Reference) -> Any:
        return reference.result


class WorkerCrashedError(ConnectionError):
    """What Ray says of a worker that is gone, by this name."""


@pytest.fixture(autouse=True)
def _inline(monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def connect(_: str | None) -> Iterator[InlineRay]:
        yield InlineRay()

    monkeypatch.setattr("gancheck.bench.execution.ray.connect", connect)


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    (tmp_path / "mine.toml").write_text(SUITE)
    return Plan.make(tmp_path / "mine.toml", out=tmp_path / "runs", device="cpu")


def test_a_linked_file_costs_its_own_block_alone(plan: Plan, tmp_path: Path) -> None:
    linked, secret, heard = plan.jobs[0].specs[0], tmp_path / "secret", list[RunSummary]()
    secret.write_text("a key")
    plan.store.folder.mkdir()
    plan.store.weights(linked.training_id).symlink_to(secret)
    outcome = execute(plan, RayExecutor(), heard.append)
    assert dict(outcome.counts) == {"missing": 1, "done": 1}
    assert {run.label: "is a link" in run.reason for run in heard}[linked.label]
    assert outcome.leaderboard.exists()


def test_what_was_written_is_told_before_the_disk_is_full(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    def fill(job: Job, changed: Mapping[str, bytes | None]) -> None:
        if job == plan.jobs[0]:
            raise StoreError("cannot write: No space left on device")
        commit_changes(job, changed)

    monkeypatch.setattr("gancheck.bench.execution.ray.commit_changes", fill)
    heard = list[RunSummary]()
    with pytest.raises(StoreError, match="No space left"):
        execute(plan, RayExecutor(), heard.append)
    assert [run.label for run in heard] == [spec.label for spec in plan.jobs[1].specs]


def test_a_block_whose_worker_is_always_lost_is_failed_after_the_last_try(
    plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = Counter[int]()

    def lose(job: Job, *_: Any) -> Any:
        lost[job.specs[0].seed] += 1
        return WorkerCrashedError()

    def get(self: InlineRay, reference: Reference) -> Any:
        raise reference.result

    monkeypatch.setattr("gancheck.bench.execution.ray.work_on", lose)
    monkeypatch.setattr(InlineRay, "get", get)
    outcome = execute(plan, RayExecutor())
    assert lost == {0: 3, 1: 3}
    assert dict(outcome.counts) == {"failed": 2}
    assert {run.outcome["reason"] for run in outcome.runs} == {"its worker ended in the middle, 3 times"}
