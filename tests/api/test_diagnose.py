"""`gancheck.diagnose` from Python."""

from __future__ import annotations

from pathlib import Path

import pytest

import gancheck as gc


def test_a_file_gives_alarms_and_what_is_idle(tmp_path: Path) -> None:
    path = tmp_path / "losses.csv"
    path.write_text("step,loss\n1,0.5\n2,inf\n")
    found = gc.diagnose(path, detectors=["nonfinite"], plots=tmp_path / "pictures")
    assert isinstance(found, gc.Diagnosis)
    assert [(alarm.detector, alarm.step) for alarm in found.alarms] == [("nonfinite", 2)]
    assert [picture.name for picture in found.pictures] == ["losses.png", "report.html"]
    assert found.idle == {}
    assert gc.diagnose(str(path), detectors="nonfinite").pictures == ()


def test_what_cannot_be_read_is_bad_data(tmp_path: Path) -> None:
    with pytest.raises(gc.BadData, match="there is no"):
        gc.diagnose(tmp_path / "nothing")
