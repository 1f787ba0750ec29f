"""`--quiet` and `--verbose`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gancheck.bench.cell import RunSummary
from gancheck.cli.main import main
from gancheck.report.text.progress import RunBar

DONE = RunSummary("ring/mlp r1 seed 0", "done", "", 0.5, 2.0, path="stacked-compiled", evaluation_seconds=1.25)
CACHED = RunSummary("ring/mlp r1 seed 1", "done", "", 0.5, 2.0, cached=True, path="stacked-compiled")
FAILED = RunSummary("ring/mlp r1 seed 2", "failed", "no luck", None, 0.0)


def lines(words, capsys) -> list[str]:
    with RunBar(3, words=words) as bar:
        for summary in (DONE, CACHED, FAILED):
            bar(summary)
    return capsys.readouterr().err.splitlines()


def test_quiet_says_only_what_went_wrong(capsys) -> None:
    assert lines("quiet", capsys) == ["ring/mlp r1 seed 2: failed, no luck"]


def test_normally_what_was_there_is_not_said(capsys) -> None:
    assert [line.partition(":")[0] for line in lines("normal", capsys)] == [DONE.label, FAILED.label]


def test_verbose_says_the_way_and_the_time_of_every_run(capsys) -> None:
    said = lines("verbose", capsys)
    assert said[0] == f"{DONE.label}: done, 50% of the modes, 2.0 s of training, stacked-compiled, 1.2 s of measuring"
    assert said[1].startswith(f"{CACHED.label}: cached")
    assert len(said) == 3


def test_what_is_said_of_runs_is_left_out_where_it_is_quiet(capsys) -> None:
    for words in ("quiet", "normal"):
        with RunBar(1, words=words) as bar:
            bar.say("r1 starts afresh")
    assert capsys.readouterr().err == "r1 starts afresh\n"


def test_both_at_once_are_refused(capsys) -> None:
    assert main(["run", "smoke", "--quiet", "--verbose"]) == 2
    assert "--quiet and --verbose: take one of the two" in capsys.readouterr().err


@pytest.fixture
def one_mode(tmp_path: Path) -> str:
    """Samples of one of the eight modes of a ring."""
    path = tmp_path / "samples.npy"
    np.save(path, np.array([2.0, 0.0]) + np.random.default_rng(0).normal(0.0, 0.02, (400, 2)))
    return str(path)


def test_a_quiet_score_is_its_verdict(one_mode: str, capsys) -> None:
    assert main(["score", one_mode, "--dataset", "ring(radius=2.0, sigma=0.02)", "--metrics", "modes", "--quiet"]) == 0
    assert capsys.readouterr() == ("dropped-modes\n", "")


def test_a_quiet_inspection_is_its_outcome(one_mode: str, capsys) -> None:
    main(["inspect", one_mode, "--quiet"])
    said = capsys.readouterr()
    assert len(said.out.splitlines()) == 1
    assert said.err == ""
