"""Plug-ins in a run: one's trouble is not another's, changed code is never stale, and the two extremes score so."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from gancheck.bench.execution.local import LocalExecutor
from gancheck.bench.plan import Plan
from gancheck.bench.run import execute
from gancheck.bench.store import Store
from gancheck.cli.main import main

#: What stands below the recipes although nobody trained it.
BESIDE = ("real", "memoriser", "blanket")
Look = Callable[[Path], Any]


@pytest.fixture
def place(tmp_path: Path, suite_text: str) -> Path:
    """A folder that holds the suite."""
    (tmp_path / "mine.toml").write_text(suite_text)
    return tmp_path


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


@pytest.mark.usefixtures("without_pictures")
def test_one_plug_in_s_trouble_is_not_another_s(
    tmp_path: Path,
    suite_text: str,
    results: Look,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("trouble.py").write_text(TROUBLE)
    suite = re.sub(r"recipes = .*", 'recipes = ["raises", "none", "minibatch-std", "explodes", "lsgan"]', suite_text)
    Path("mine.toml").write_text(suite)
    selection = ["--only", "gan=headless", "--only", "dataset=ring"]
    call = ["run", "mine.toml", "--with", "trouble.py", *selection, "--jobs", "1"]
    status = main(call)
    out, err = capfd.readouterr()
    assert status == 1
    assert out.splitlines()[-1] == "4 done, 4 failed, 2 skipped, 0 cached -> runs/mine/leaderboard.csv"
    lines = [line for line in err.splitlines() if line.startswith("ring/headless")]
    raised = "strategy 'raises', generator_loss, trouble.py line 27: KeyError: 'no\\nluck' (players: "
    assert any(line.startswith(f"ring/headless raises seed 0: failed, {raised}") for line in lines)
    assert any(re.match("ring/headless explodes seed 1: diverged, .* not finite at step", line) for line in lines)
    assert any(
        re.match("ring/headless minibatch-std seed 0: skipped, .*hidden layers whose last layer is an nn.Linear", line)
        for line in lines
    )
    assert any(re.match("ring/headless lsgan seed 1: done, \\d+% of the modes, ", line) for line in lines)
    assert "Traceback" not in err
    rows = {row["strategy"]: row for row in results(Path("runs/mine")).board}
    assert [rows[r]["failed"] for r in ("none", "raises", "explodes")] == ["0", "2", "2"]
    for number in ("held", "score"):
        assert [rows[r][number] for r in ("raises", "explodes")] == ["0.0", "0.0"]
        assert (rows["minibatch-std"][number], rows["minibatch-std"]["missing"]) == ("", "2")
    assert list(rows)[-4:] == ["minibatch-std", *BESIDE]
    long = pl.read_parquet("runs/mine/results.parquet")
    (reason,) = long.filter(strategy="raises")["reason"].unique()
    assert reason.startswith(raised)
    assert "NaN" not in "".join(p.read_text() for p in Path("runs/mine").glob("*.jsonl"))

    assert main(call) == 1
    again, said = capfd.readouterr()
    assert again.splitlines()[-1] == "0 done, 4 failed, 2 skipped, 4 cached -> runs/mine/leaderboard.csv"
    assert "2 failed runs were not tried again: the folder has them, and no code has changed since; --retry" in again
    assert [line.partition(", ")[0] for line in said.splitlines()[1:]] == [  # failures are said again
        f"ring/headless {recipe} seed {seed}: {status}"
        for recipe, status in (("raises", "failed"), ("explodes", "diverged"))
        for seed in range(2)
    ]

    Path("trouble.py").write_text(TROUBLE.replace('raise KeyError("no\\nluck")', "return loss"))
    assert main([*call, "--only", "strategy=none,raises"]) == 0  # changed code is tried without being asked for
    last = capfd.readouterr().out.splitlines()[-1]
    assert last.startswith("2 done, 0 failed, 0 skipped, 2 cached"), last


def test_a_changed_helper_or_data_file_is_no_stale_run(
    tmp_path: Path, place: Path, write_helped: Callable[..., Path]
) -> None:
    def values(**parts: float) -> tuple[int, list[float | None]]:
        only = ["strategy=helped", "dataset=ring"]
        plan = Plan.make(
            place / "mine.toml", [write_helped(tmp_path, **parts)], only, out=tmp_path / "runs", device="cpu"
        )
        made = execute(plan, LocalExecutor(1, 1))
        return made.counts["done"], [run.last("value")["fid"] for run in made.runs]

    first = values(weight=0.1, extra=0)
    second = values(weight=5.0, extra=0)
    third = values(weight=5.0, extra=20)
    assert [done for done, _ in (first, second, third)] == [2, 2, 2]
    assert len({str(numbers) for _, numbers in (first, second, third)}) == 3
    assert values(weight=5.0, extra=20) == (0, third[1])


def test_rank_shows_what_was_asked_for_last_where_a_plug_in_was_changed_back(
    tmp_path: Path, place: Path, write_helped: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    only, boards = ["strategy=helped", "dataset=ring"], list[str]()
    for weight in (0.1, 5.0, 0.1):
        plan = Plan.make(place / "mine.toml", [write_helped(tmp_path, weight)], only, out=tmp_path / "runs")
        made = execute(plan, LocalExecutor(1, 1))
        assert main(["rank", str(tmp_path / "runs")]) == 0
        assert capsys.readouterr().out == made.leaderboard.read_text()
        boards.append(made.leaderboard.read_text())
    assert boards[0] == boards[2] != boards[1]


def test_a_board_says_that_runs_of_older_code_have_left_it(
    tmp_path: Path, place: Path, write_helped: Callable[..., Path]
) -> None:
    def notes(weight: float, only: list[str]) -> list[str]:
        plan = Plan.make(
            place / "mine.toml", [write_helped(tmp_path, weight)], only, out=tmp_path / "runs", device="cpu"
        )
        return [note for note in execute(plan, LocalExecutor(1, 1)).notes if "left out" in note]

    assert notes(0.1, ["strategy=helped"]) == []
    (note,) = notes(5.0, ["strategy=helped", "dataset=ring"])
    assert note.startswith(f"2 runs in {tmp_path / 'runs'} are of other code or another protocol than later ones")
    assert notes(5.0, ["strategy=helped"]) == []


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


def test_a_perfect_sampler_scores_one_and_a_generator_stuck_on_one_point_zero(tmp_path: Path, suite_text: str) -> None:
    (tmp_path / "yardsticks.py").write_text(YARDSTICKS)
    (tmp_path / "mine.toml").write_text(suite_text.replace("samples = 300", "samples = 4000"))
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
