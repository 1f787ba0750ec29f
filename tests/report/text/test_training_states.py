"""The table on how trainings went: what is counted, and what is left empty."""

from __future__ import annotations

from io import StringIO

from rich.console import Console

from gancheck.bench.alarm_tables import state_row
from gancheck.bench.run_result import RunResult
from gancheck.detectors.base import Alarm
from gancheck.report.text.training_states import advice, markdown, summary, terminal

ALARM = Alarm("fall", 100, "warning", 1.0, 0.5, "", cause="too much", advice="less")
BAD = RunResult("none", "ring/mlp", 0, "done", {"modes": 2.0}, {}, 1.0, modes=8, alarms=(ALARM,), state="collapsed")
ROWS = [
    state_row("none", [RunResult(**{**vars(BAD), "modes_by_step": {200: 1.0, 1_400: 0.25}})], {"fall"}),
    state_row("r1", [RunResult(**{**vars(BAD), "alarms": (), "state": "settled", "values": {"modes": 8.0}})], {"fall"}),
]


def test_table_counts_runs_and_leaves_empty_what_is_not_known() -> None:
    head, _, none, r1 = markdown(ROWS).splitlines()
    assert head == "| strategy | settled | moving | oscillating | collapsed | diverged | first alarm | lead |"
    assert none == "| none | 0 | 0 | 0 | 1 | 0 | 100 | +1,300 |"
    assert r1 == "| r1 | 1 | 0 | 0 | 0 | 0 |  |  |"


def test_terminal_shows_the_same() -> None:
    console = Console(file=StringIO(), width=100)
    console.print(terminal(ROWS))
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert "how training went" in text
    assert "+1,300" in text


def test_summary_is_one_sentence() -> None:
    assert summary(ROWS[0]) == (
        "Alarms of collapse: in 1 of 1 run that collapsed, the median +1,300 steps before modes were lost; "
        "in 0 of 0 runs that did not."
    )
    assert "steps" not in summary(ROWS[1])


def test_advice_is_what_the_detector_says() -> None:
    assert advice(ALARM, 2) == "Most frequent: fall, in 2 runs. Likely: too much. Try: less."
    assert advice(Alarm("fall", 1, "warning", 1.0, 0.5, ""), 1) == "Most frequent: fall, in 1 run."
