"""`--threads`: how many are used, and that they are given back."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

import gancheck as gc
from gancheck.cli import inspect
from gancheck.cli.main import main

METRIC = '''
import torch
import gancheck as gc


@gc.metric("threads", better="higher", low=0)
def threads(view):
    """How many threads work."""
    return torch.tensor(float(torch.get_num_threads()))
'''


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with samples and a metric that counts threads."""
    monkeypatch.chdir(tmp_path)
    np.save("x.npy", np.random.default_rng(0).uniform(-1, 1, (400, 2)))
    Path("threads.py").write_text(METRIC)
    return tmp_path


SCORE = ["score", "x.npy", "--dataset", "ring8", "--with", "threads.py", "--metrics", "threads", "--json"]
GIVEN = pytest.mark.parametrize(
    ("environment", "options", "used"), [("1", ["--threads", "3"], 3), ("2", [], 2), ("2", ["--threads", "1"], 1)]
)


@GIVEN
def test_score_works_with_so_many_threads(
    environment: str,
    options: list[str],
    used: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", environment)
    before = torch.get_num_threads()
    assert main([*SCORE, *options]) == 0
    assert json.loads(capsys.readouterr().out)["values"]["threads"] == used
    assert torch.get_num_threads() == before


@GIVEN
def test_check_works_with_so_many_threads(
    environment: str,
    options: list[str],
    used: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", environment)
    before = torch.get_num_threads()
    assert main(["check", "threads.py", *options]) == 0
    assert capsys.readouterr().out == f"ok   metric 'threads': real data: {used}; one point: {used}\n"
    assert torch.get_num_threads() == before


@GIVEN
def test_inspect_works_with_so_many_threads(
    environment: str, options: list[str], used: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", environment)
    seen = []

    def watched(*call: object, **how: object) -> gc.Scores:
        seen.append(torch.get_num_threads())
        return work(*call, **how)

    work = inspect.inspect_data
    monkeypatch.setattr(inspect, "inspect_data", watched)
    before = torch.get_num_threads()
    assert main(["inspect", "x.npy", *options]) == 0
    assert seen == [used]
    assert torch.get_num_threads() == before


@pytest.mark.parametrize("call", [SCORE, ["check", "threads.py"], ["inspect", "x.npy"]], ids=lambda call: call[0])
@pytest.mark.parametrize("threads", ["0", "-2"])
def test_less_than_one_thread_is_refused(call: list[str], threads: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*call, "--threads", threads]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == f"gancheck: threads = {threads}: needs at least 1\n"


@pytest.mark.parametrize("command", ["score", "check", "inspect"])
def test_help_explains_the_option(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "--help"]) == 0
    shown = capsys.readouterr().out
    assert "--threads" in shown
    assert "OMP_NUM_THREADS" in shown


def test_the_python_function_takes_the_threads_that_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    before = torch.get_num_threads()
    found = gc.score(np.load("x.npy"), dataset="ring8", metrics="threads", plugins=["threads.py"])
    assert found.values["threads"] == before
    assert torch.get_num_threads() == before
