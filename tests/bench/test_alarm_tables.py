"""How early alarms came, and how often rightly: counted by hand on a few runs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gancheck.bench.alarm_tables import (
    Detection,
    alarm_rate,
    alarm_table,
    first_alarm,
    lead,
    most_frequent,
    onset,
    state_rows,
)
from gancheck.bench.run_result import RunResult
from gancheck.detectors.base import Alarm

FALL = frozenset({"fall"})
GOOD = RunResult("none", "ring/mlp", 0, "done", {"modes": 8.0, "spread": 0.9}, {}, 1.0, modes=8, alarms=())
GOOD = replace(GOOD, modes_by_step={100: 1.0, 200: 1.0, 300: 1.0, 400: 1.0}, state="settled")
BAD = replace(GOOD, values={"modes": 2.0, "spread": 0.9}, state="collapsed")
BAD = replace(BAD, modes_by_step={100: 0.25, 200: 1.0, 300: 0.4, 400: 0.25})


def alarm(step: int, detector: str = "fall", recovered: int | None = None, severity: str = "warning") -> Alarm:
    return Alarm(detector, step, severity, 1.0, 0.5, "", recovered=recovered)  # type: ignore[arg-type]


def test_modes_are_lost_where_they_do_not_come_back() -> None:
    assert onset(BAD) == 300  # at 100 they were not found yet
    assert onset(GOOD) is None
    assert onset(replace(BAD, modes_by_step={})) is None


@pytest.mark.parametrize(
    ("alarms", "steps"),
    [
        ([alarm(120)], 180),
        ([alarm(350)], -50),
        ([alarm(120, recovered=200), alarm(250)], 50),
        ([alarm(120, recovered=200)], None),
        ([alarm(120, "other")], None),
        ([alarm(120, severity="notice")], None),
        ([], None),
    ],
)
def test_lead_is_from_the_alarm_that_lasts_to_the_loss_of_modes(alarms: list[Alarm], steps: int | None) -> None:
    assert lead(replace(BAD, alarms=tuple(alarms)), FALL) == steps


def test_a_run_that_keeps_its_modes_has_no_lead() -> None:
    assert lead(replace(GOOD, alarms=(alarm(120),)), FALL) is None


def test_hits_misses_and_false_alarms_are_counted() -> None:
    runs = [
        replace(BAD, alarms=(alarm(120),)),
        replace(BAD, alarms=(alarm(260),)),
        BAD,
        GOOD,
        replace(GOOD, alarms=(alarm(50, recovered=90),)),
        replace(GOOD, alarms=(alarm(50, "other"),)),
        replace(GOOD, status="diverged", alarms=()),  # no matter of collapse
        replace(GOOD, values={}),  # no verdict
        replace(BAD, alarms=None),  # nobody looked
    ]
    found = Detection.of(runs, FALL)
    assert found == Detection(collapse_runs=3, hits=2, other_runs=3, false_alarms=1, lead=110.0)
    assert found.row()["missed"] == 1


def test_rate_and_first_alarm_are_over_the_runs_that_were_watched() -> None:
    runs = [replace(GOOD, alarms=(alarm(40), alarm(30))), replace(GOOD, alarms=(alarm(10, severity="notice"),))]
    assert alarm_rate([*runs, replace(GOOD, alarms=None)]) == 0.5
    assert first_alarm(runs) == 30
    assert alarm_rate([replace(GOOD, alarms=None)]) is None
    assert first_alarm([GOOD]) is None


def test_a_failed_run_is_not_counted_as_seen() -> None:
    assert alarm_rate([replace(GOOD, status="failed")]) is None


def test_every_run_is_in_one_state() -> None:
    none, r1 = [BAD, GOOD, replace(GOOD, state=None)], [replace(GOOD, recipe="r1", state="moving")]
    rows = {row["strategy"]: row for row in state_rows({"none": none, "r1": r1, "old": []}, FALL)}
    assert list(rows) == ["none", "r1", "all"]
    assert [rows["none"][name] for name in ("runs", "collapsed", "settled", "not_known")] == [3, 1, 1, 1]
    assert [rows["all"][name] for name in ("runs", "collapsed", "settled", "moving")] == [4, 1, 1, 1]


def test_where_nobody_looked_there_is_no_table() -> None:
    assert state_rows({"none": [replace(GOOD, alarms=None)]}, FALL) == []


def test_alarms_stand_in_the_order_of_steps() -> None:
    rows = alarm_table([replace(BAD, seed=1, alarms=(alarm(9), alarm(3))), replace(BAD, alarms=(alarm(5),))])
    assert [(row["seed"], row["step"]) for row in rows] == [(0, 5), (1, 3), (1, 9)]


def test_most_frequent_alarm_counts_runs() -> None:
    often = replace(GOOD, alarms=(alarm(1, "noisy"), alarm(2, "noisy"), alarm(3, "noisy")))
    runs = [often, replace(GOOD, alarms=(alarm(5),)), replace(GOOD, alarms=(alarm(6),))]
    found = most_frequent(runs)
    assert found is not None
    assert (found[0].detector, found[1]) == ("fall", 2)
    assert most_frequent([GOOD]) is None
