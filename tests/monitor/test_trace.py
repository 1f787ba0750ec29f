from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from gancheck.detectors.alarms import AlarmTracker
from gancheck.detectors.general.nonfinite import NonFinite
from gancheck.detectors.observation import Observation
from gancheck.detectors.replay import replay
from gancheck.monitor.monitor import Monitor
from gancheck.monitor.trace import FORMAT, TraceWriter


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def watched(path: Path) -> Monitor:
    monitor = Monitor(AlarmTracker({"nonfinite": NonFinite()}), every=2, trace=path)
    for loss in (1.0, math.nan, 2.0, -math.inf):
        monitor.step(loss=loss)
    return monitor


def test_every_step_is_a_line_after_the_header_and_a_replay_finds_the_same_alarms(tmp_path: Path) -> None:
    monitor = watched(tmp_path / "new" / "trace.jsonl")
    header, *rows = lines(tmp_path / "new" / "trace.jsonl")
    assert header["format"] == FORMAT
    seen = [Observation.from_row(row) for row in rows if "numbers" in row]
    assert [o.step for o in seen] == [1, 2, 3, 4]
    tracker = replay(AlarmTracker({"nonfinite": NonFinite()}), seen)
    assert tracker.alarms == monitor.alarms
    assert [row["alarm"]["step"] for row in rows if "alarm" in row] == [a.step for a in monitor.alarms]  # type: ignore[index]


def test_what_was_checked_is_on_disk_before_the_file_is_closed(tmp_path: Path) -> None:
    monitor = watched(tmp_path / "trace.jsonl")
    monitor.step(loss=1.0)  # not checked
    assert len([row for row in lines(tmp_path / "trace.jsonl") if "numbers" in row]) == 4
    monitor.close()


def test_a_training_that_goes_on_appends_without_a_second_header(tmp_path: Path) -> None:
    path = tmp_path / "trace.jsonl"
    for step in (1, 2):
        writer = TraceWriter(path)
        writer.write([Observation(step, {"loss": math.inf}, {"layer_gradient": {"a": 1.0}})])
        writer.close()
    header, *rows = lines(path)
    assert "format" in header
    assert [Observation.from_row(row).numbers["loss"] for row in rows] == [math.inf] * 2
    assert rows[0]["layers"] == {"layer_gradient": {"a": 1.0}}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full disk to write to")
def test_a_full_disk_ends_the_trace_alone() -> None:
    monitor = watched(Path("/dev/full"))
    assert [alarm.step for alarm in monitor.alarms] == [2, 4]
    assert list(monitor.failed) == ["trace"]
    monitor.close()
