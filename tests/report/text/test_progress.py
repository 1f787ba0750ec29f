"""Progress where nobody watches: a line for what happened, and nothing for what was there."""

from __future__ import annotations

from io import StringIO
from time import sleep

import numpy as np
import pytest
from rich.console import Console

import gancheck as gc
from gancheck.bench.cell import RunSummary
from gancheck.report.text.progress import RunBar, StepBar, bar


def console() -> Console:
    return Console(file=StringIO(), highlight=False, soft_wrap=True)


def printed(screen: Console) -> str:
    return screen.file.getvalue()  # type: ignore[attr-defined,no-any-return]


def told(*summaries: RunSummary) -> str:
    screen = console()
    with RunBar(len(summaries), screen) as shown:
        for summary in summaries:
            shown(summary)
    return printed(screen)


@pytest.mark.parametrize(
    ("summary", "line"),
    [
        (RunSummary("ring/mlp r1 seed 0", "done", "", 0.5, 1.23), "done, 50% of the modes, 1.2 s of training"),
        (RunSummary("ring/mlp r1 seed 0", "done", "", None, 1.23), "done, 1.2 s of training"),
        (RunSummary("ring/mlp r1 seed 0", "skipped", "r1 needs [this]", None, 0.0), "skipped, r1 needs [this]"),
        (RunSummary("ring/mlp r1 seed 0", "failed", "KeyError: 3", None, 0.0, cached=True), "failed, KeyError: 3"),
    ],
)
def test_a_run_is_one_line(summary: RunSummary, line: str) -> None:
    assert told(summary) == f"ring/mlp r1 seed 0: {line}\n"


@pytest.mark.parametrize("status", ["done", "skipped"])
def test_what_was_there_is_not_said_again(status: str) -> None:
    assert told(RunSummary("ring/mlp r1 seed 0", status, "", None, 1.0, cached=True)) == ""


def test_runs_that_are_left_out_count_as_done() -> None:
    with RunBar(5, console()) as shown:
        shown(RunSummary("ring/mlp r1 seed 0", "done", "", 0.5, 1.23))
        shown.leave_out(4)
        assert shown.bar.finished


def test_steps_are_not_said_where_nobody_watches() -> None:
    screen = console()
    with StepBar(screen) as shown:
        shown("fid", 0, 2)
        shown("kid", 1, 2)
    assert printed(screen) == ""


def test_things_under_a_bar_pass_unchanged(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(bar(iter("abc"), 3, "counting")) == ["a", "b", "c"]
    assert capsys.readouterr() == ("", "")


def test_a_late_bar_is_drawn_for_long_work_alone() -> None:
    drawn = []
    for seconds in (0.0, 0.3):
        screen = Console(file=StringIO(), force_terminal=True, width=80)
        with StepBar(screen, after=0.1) as shown:
            shown("fid", 1, 2)
            sleep(seconds)
        drawn.append("fid" in printed(screen))
    assert drawn == [False, True]


def test_scoring_in_python_says_where_it_is_and_nothing_where_nobody_watches(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    monkeypatch.setattr(StepBar, "__call__", lambda self, what, done, total: seen.append((self.after, what)))
    x = np.random.default_rng(0).normal(size=(200, 2))
    gc.score(x[:100], reference=x[100:], metrics="mmd")
    assert {"reading real data", "reading samples", "testing"} <= {what for _, what in seen}
    assert (2.0, "mmd") in seen
    assert capsys.readouterr() == ("", "")
