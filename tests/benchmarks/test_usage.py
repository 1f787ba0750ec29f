from __future__ import annotations

import runpy
import sys
from pathlib import Path

import pytest

from benchmarks.usage import answer_help, refuse_arguments

ROOT = Path(__file__).parents[2]
COMMANDS = [
    path for path in (ROOT / "benchmarks").rglob("*.py") if '\nif __name__ == "__main__":' in path.read_text("utf-8")
]


def test_every_benchmark_answers_help() -> None:
    says = ("ArgumentParser", "answer_help(__doc__)", "refuse_arguments(__doc__)", "Effort.read(__doc__)")
    silent = [path for path in COMMANDS if not any(word in path.read_text("utf-8") for word in says)]
    assert len(COMMANDS) > 30
    assert [str(path.relative_to(ROOT)) for path in silent] == []


@pytest.mark.parametrize("answer", [answer_help, refuse_arguments])
def test_help_is_what_the_benchmark_does(
    answer: object, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["benchmark", "--help"])
    with pytest.raises(SystemExit) as ended:
        answer("What it measures.\n\n    python -m benchmarks.this")  # type: ignore[operator]
    assert ended.value.code == 0
    assert "What it measures.\n\n    python -m benchmarks.this" in capsys.readouterr().out


def test_an_argument_that_nobody_reads_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    answer_help("a name of its own")
    monkeypatch.setattr(sys, "argv", ["benchmark", "--qiuck"])
    with pytest.raises(SystemExit) as ended:
        refuse_arguments("About.")
    assert ended.value.code == 2


def test_a_command_says_it_at_the_door(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["record", "-h"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(ROOT / "benchmarks/record.py"), run_name="__main__")
    assert ended.value.code == 0
    assert "keep its board and pictures" in capsys.readouterr().out
