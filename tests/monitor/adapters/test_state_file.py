"""A monitor's state in a file: a damaged one never stops a training."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

import gancheck as gc
from gancheck.errors import BadData
from gancheck.monitor.adapters.state_file import go_on_from, read_state
from gancheck.monitor.monitor import Monitor


def watched(losses: list[float]) -> Monitor:
    made = gc.watch(detectors="nonfinite", every=1, on_alarm=str)
    for loss in losses:
        made.step(loss=loss)
    return made


def test_a_monitor_goes_on_from_the_file(tmp_path: Path) -> None:
    path, later = tmp_path / "gancheck.json", watched([])
    path.write_text(json.dumps(watched([1.0, float("nan"), float("nan")]).state_dict()))
    go_on_from(path, later)
    assert later.steps == 3
    assert [alarm.detector for alarm in later.alarms] == ["nonfinite"]


@pytest.mark.parametrize("text", ["", "{", "[]", "3", "\xff", "[" * 100_000, '{"steps": 3, "tracker": 4}', "{}"])
def test_a_damaged_file_is_said_and_the_monitor_begins_afresh(
    tmp_path: Path, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    path, later = tmp_path / "gancheck.json", watched([])
    path.write_text(text, encoding="latin-1")
    with caplog.at_level(logging.WARNING):
        go_on_from(path, later)
    assert "the monitor begins afresh: " in caplog.text
    assert later.step(loss=float("nan"))[0].step == 1


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadData, match=r"gancheck\.json is no state"):
        read_state(tmp_path / "gancheck.json")
