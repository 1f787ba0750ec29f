"""The leaderboard of detectors from end to end, on two small programs and two faults."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from benchmarks.detectors.__main__ import main
from benchmarks.detectors.case import cases
from benchmarks.detectors.judge import judge, write_results
from benchmarks.detectors.labels import labelled
from benchmarks.detectors.page import page
from benchmarks.detectors.record import record_all
from benchmarks.detectors.store import Run, load
from benchmarks.detectors.verdicts import Verdict

HARMLESS = ["--programs", "dirac-gan", "--scenarios", "inward-spiral"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Healthy runs, a harmless change, and two faults at their worst."""
    made = tmp_path_factory.mktemp("traces")
    assert main(["record", "--out", str(made), *HARMLESS, "--seeds", "1", "--jobs", "1"]) == 0
    faults = cases(("dirac-gan", "regression"), ("circling", "not-finite"), seeds=1)
    record_all(made, [case for case in faults if case.severity in (0, 3)], 1)
    return made


@pytest.fixture(scope="module")
def runs(folder: Path) -> list[Run]:
    return load(folder)


@pytest.fixture(scope="module")
def found(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Verdict]]:
    """What everything that watches said, a user's own detector too."""
    mine = tmp_path_factory.mktemp("own") / "mine.py"
    mine.write_text(MINE)
    return judge(folder, (mine,), 1)


def test_a_run_is_recorded_once(folder, capsys):
    times = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert main(["record", "--out", str(folder), *HARMLESS, "--seeds", "1"]) == 0
    assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == times


def test_traces_hold_every_step_and_outcomes_stand_beside_them(runs):
    for run in runs:
        assert {seen.step for seen in run.observations()} == set(range(1, run.steps + 1))
        assert len(run.outcomes) >= 10
    assert {run.onset for run in runs if run.case.scenario == "not-finite"} == {201}


def test_labels_follow_from_the_fault_and_the_outcome(runs):
    labels = {what.run.case: what.label for what in labelled(runs)}
    by_scenario = {(case.scenario, case.severity): label for case, label in labels.items()}
    assert by_scenario["healthy", 0] == "healthy"
    assert by_scenario["inward-spiral", 1] == "harmless"
    assert by_scenario["circling", 3] == "positive"
    assert by_scenario["not-finite", 3] == "positive"


def test_the_board_has_a_row_for_everything_that_watches(found, tmp_path):
    board = {row["detectors"]: row for row in write_results(found, tmp_path)}
    assert board["always"]["auroc"] == board["never"]["auroc"] == 0.5
    assert board["loss is NaN"]["false_alarms"] == 0
    assert board["always"]["false_alarms"] == pytest.approx(10, abs=1)
    assert board["never"]["missed"] == 1
    assert board["gancheck, standard"]["auroc"] >= 0.5
    assert json.loads((tmp_path / "summary.json").read_text())["runs"] == len(found["never"])
    assert pl.read_csv(tmp_path / "by_scenario.csv")["scenario"].n_unique() == 4
    assert "## By scenario" in page(tmp_path)


def test_a_users_detector_gets_a_row(found):
    assert all(verdict.first for verdict in found["huge-loss"] if verdict.what.run.case.severity == 3)


def test_a_folder_without_runs_is_one_clear_line(tmp_path, capsys):
    assert main(["judge", str(tmp_path)]) == 2
    assert "no recorded runs" in capsys.readouterr().err


MINE = '''
from dataclasses import dataclass

import gancheck as gc
from gancheck.detectors.base import Detector, Reading, detector


@detector("huge-loss", needs=())
@dataclass
class HugeLoss(Detector):
    """Something was seen at all."""

    patience = 1

    def start(self):
        pass

    def update(self, seen):
        return Reading(float(seen.step > 300), 0.5)
'''
