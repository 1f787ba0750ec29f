"""Where cells are worked on, as users say it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from gancheck.bench.cell import Job
from gancheck.bench.execution.base import JobResult
from gancheck.bench.execution.engine import Engine
from gancheck.bench.execution.local import WorkerPool
from gancheck.cli.main import main
from gancheck.errors import BadParameter
from gancheck.gans.settings import Budget


class Limits:
    """As much of a job as says whether it must be held from outside: it need not."""

    budget = Budget(10, 1)
    cell = task = property(lambda self: self)
    folder = None


def test_training_is_apart_from_a_process_that_does_something_else(monkeypatch: pytest.MonkeyPatch) -> None:
    apart = list[int]()

    def run(pool: WorkerPool, jobs: Sequence[Job]) -> Iterator[JobResult]:
        apart.append(pool.executor.workers)
        return iter(())

    monkeypatch.setattr(WorkerPool, "run", run)
    monkeypatch.setattr("gancheck.bench.execution.local.sweep", lambda folder: None)
    monkeypatch.setattr("gancheck.bench.execution.local.run_safely", lambda job: [])
    for engine in (Engine(), Engine(apart=True)):
        list(engine.executor("cpu", 1, jobs=1).run([Limits()]))  # type: ignore[list-item]
    assert apart == [1]


def test_a_share_of_a_gpu_without_a_gpu_is_refused() -> None:
    with pytest.raises(BadParameter, match="--gpu-share has no effect on cpu"):
        Engine("ray", gpu_share=0.25).refuse_idle_share("cpu")
    Engine("ray", gpu_share=0.25).refuse_idle_share("cuda:0")
    Engine("ray").refuse_idle_share("cpu")


def test_the_command_refuses_it_before_anything_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call = ["run", "smoke", "--engine", "ray", "--gpu-share", "0.25", "--device", "cpu", "--out", str(tmp_path / "out")]
    assert main(call) == 2
    assert "--gpu-share has no effect on cpu" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
