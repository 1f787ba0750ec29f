"""What travels to machines that share no disk is the job's own, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from gancheck.bench.cell import Job
from gancheck.bench.execution.cargo import changes, read_contents
from gancheck.bench.run_spec import RunSpec
from gancheck.bench.store import Store
from gancheck.errors import StoreError


@pytest.fixture
def job(run_spec: Callable[..., RunSpec], tmp_path: Path) -> Job:
    return Job(None, [run_spec()], tmp_path / "runs", ())  # type: ignore[arg-type]


def test_a_linked_file_of_a_results_folder_is_not_sent_to_nodes(job: Job, tmp_path: Path) -> None:
    weights, secret = Store(job.folder).weights(job.specs[0].training_id), tmp_path / "secret"
    secret.write_text("a key")
    job.folder.mkdir()
    weights.symlink_to(secret)
    with pytest.raises(StoreError, match=r"\.safetensors is a link"):
        read_contents(job)


def test_what_is_new_or_changed_or_gone_comes_back() -> None:
    before, after = {"a": b"1", "b": b"2", "c": b"3"}, {"a": b"1", "b": b"4", "d": b"5"}
    assert changes(before, after) == {"b": b"4", "c": None, "d": b"5"}


def test_a_file_that_cannot_be_read_is_named(job: Job) -> None:
    Store(job.folder).weights(job.specs[0].training_id).mkdir(parents=True)  # a folder in its place
    with pytest.raises(StoreError, match=r"cannot read .*\.safetensors: "):
        read_contents(job)
