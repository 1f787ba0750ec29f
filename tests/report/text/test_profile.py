"""`--profile`: a table and a trace per task, and not one number of the run changed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from gancheck.bench.plan import Plan
from gancheck.report.text.profile import profile_tasks

SUITE = """\
version = "1"
recipes = ["none", "r1"]
seeds = 1
block = 1
budget = { steps = 4, evaluations = 1 }
training = { batch = 8 }
evaluation = { samples = 200, metrics = ["modes"] }
task = [{ dataset = "ring", gan = { name = "mlp", width = 8 } }]
"""


def test_what_cannot_be_profiled_stops_no_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def out_of_memory(*_: object) -> None:
        raise torch.OutOfMemoryError("none left")

    (tmp_path / "mine.toml").write_text(SUITE)
    monkeypatch.setattr("gancheck.report.text.profile.profile_steps", out_of_memory)
    plan = Plan.make(tmp_path / "mine.toml", out=tmp_path / "runs", device="cpu")
    assert profile_tasks(plan) == ["ring/mlp: not profiled, OutOfMemoryError: none left"]


def test_every_task_is_profiled_once(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(SUITE)
    plan = Plan.make(tmp_path / "mine.toml", out=tmp_path / "runs", device="cpu")
    (text,) = profile_tasks(plan)
    head, _, *rows = text.splitlines()
    assert head.startswith("ring/mlp none, stacked-traced: ")
    assert "outside of PyTorch's operations (Python)" in head
    assert len(rows) == 10
    assert any("aten::" in row for row in rows)
    trace = json.loads((tmp_path / "runs" / "profile" / "ring-mlp.json").read_text())
    assert trace["traceEvents"]
