"""`gancheck diagnose`: alarms as sentences, one line for what cannot be read, and an exit status for scripts."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from gancheck.cli.main import main

LOG = "\n".join(f"step {step} loss {1 / step:.4f} val_loss {1 / step:.4f}" for step in range(1, 60))
BAD = f"{LOG}\nstep 60 loss nan\n"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with a log that ends badly and one that does not."""
    monkeypatch.chdir(tmp_path)
    Path("bad.txt").write_text(BAD)
    Path("good.txt").write_text(LOG)
    return tmp_path


def test_an_alarm_is_a_sentence_and_status_1(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diagnose", "bad.txt", "--detectors", "nonfinite"]) == 1
    said = capsys.readouterr()
    first, *rest = said.out.splitlines()
    assert first == "1 alarm in 60 steps of bad.txt, a log"
    assert rest[0] == "steps 1 to 60: loss, val_loss"
    assert rest[-1].startswith("- step 60: nonfinite (fatal")
    assert said.err == ""


def test_no_alarm_is_status_0(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diagnose", "good.txt", "--detectors", "nonfinite", "--initial-loss", "2.3"]) == 0
    assert capsys.readouterr().out.startswith("no alarms in 59 steps of good.txt, a log")


def test_programs_get_json(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diagnose", "bad.txt", "--detectors", "nonfinite", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["alarms"][0]["detector"] == "nonfinite"


def test_pictures_are_written_and_named(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diagnose", "bad.txt", "--detectors", "nonfinite", "--plots", "pictures"]) == 1
    assert {path.name for path in Path("pictures").iterdir()} == {"losses.png", "learning_curves.png", "report.html"}
    assert "-> pictures/losses.png" in capsys.readouterr().out


def test_a_detector_of_ones_own_watches_too(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "detector", "mine"]) == 0
    capsys.readouterr()
    assert main(["diagnose", "good.txt", "--with", "mine.py", "--detectors", "nonfinite, mine(gap=3)"]) == 0
    assert "- needs monitor.log(d_real=..., d_fake=...), a discriminator's logits: mine" in capsys.readouterr().out


SEVERE = """
from dataclasses import dataclass
import gancheck as gc

@gc.detector("severe", family="general", needs=("loss",))
@dataclass
class Severe(gc.Detector):
    "Raises at once."
    severity = "{severity}"
    patience = 1
    cause = "a test"
    advice = "another"
    def start(self):
        pass
    def update(self, seen):
        return gc.Reading(2.0, 1.0, "it is high")
"""


@pytest.mark.parametrize(("severity", "status"), [("notice", 0), ("warning", 1), ("fatal", 1)])
def test_a_notice_alone_is_status_0(
    severity: str, status: int, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("severe.py").write_text(SEVERE.format(severity=severity))
    assert main(["diagnose", "good.txt", "--with", "severe.py", "--detectors", "severe"]) == status
    assert f"severe ({severity}, 2 against 1): it is high" in capsys.readouterr().out


def test_names_do_not_command_the_terminal(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    layers = {"layer_gradient": {"\x1b]0;x\x07": 1.0}}
    row = {"step": 1, "numbers": {"loss": math.nan, "\x1b[2J": 1.0}, "layers": layers}
    Path("run\x1b[1m.jsonl").write_text(json.dumps(row))
    assert main(["diagnose", "run\x1b[1m.jsonl", "--detectors", "nonfinite"]) == 1
    assert main(["diagnose", "no\x1b[1m.jsonl"]) == 2
    said = capsys.readouterr()
    assert "\x1b" not in said.out + said.err
    assert r"\x1b[2J" in said.out


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (["nothing.txt"], "there is no nothing.txt"),
        (["good.txt", "--detectors", "nonfinit"], "unknown detector 'nonfinit'. Did you mean 'nonfinite'?"),
        (["good.txt", "--detectors", ""], "no detector is asked for"),
        (["."], "holds no event files, no trainer_state.json and no metrics.csv; name a file"),
        ([], "requires an argument"),
    ],
)
def test_a_bad_call_is_one_line(call: list[str], says: str, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diagnose", *call]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert says in said.err
    assert len(said.err.splitlines()) == 1


def test_help_says_what_the_exit_status_means(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diagnose", "--help"]) == 0
    assert (
        "0 without alarms (or notices alone), 1 with a warning or fatal alarm, 2 bad input" in capsys.readouterr().out
    )
