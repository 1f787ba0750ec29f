from __future__ import annotations

import math
from pathlib import Path

import pytest

import gancheck as gc
from gancheck.monitor.adapters.tensorboard import AlarmWriter


class Notes:
    """A writer that notes what it is given."""

    def __init__(self) -> None:
        self.rows: list[tuple[object, ...]] = []

    def add_text(self, *given: object) -> None:
        self.rows.append(given)

    add_scalar = add_text


def test_an_alarm_is_a_text_and_a_scalar_and_goes_on_to_the_next() -> None:
    notes, said = Notes(), []
    gc.watch(every=1, detectors="nonfinite", on_alarm=AlarmWriter(notes, then=said.append)).step(loss=math.nan)
    (text, scalar), (alarm,) = notes.rows, said
    assert text == ("gancheck/alarms", alarm.sentence, 1)
    assert scalar == ("gancheck/nonfinite", 1.0, 1)


def test_an_alarm_is_written_before_it_stops_the_training() -> None:
    notes = Notes()
    with pytest.raises(gc.TrainingAlarm):
        gc.watch(every=1, detectors="nonfinite", on_alarm=AlarmWriter(notes, "raise")).step(loss=math.nan)
    assert len(notes.rows) == 2


def test_a_folder_is_enough(tmp_path: Path) -> None:
    pytest.importorskip("tensorboard", reason="tensorboard is not installed")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    writer = AlarmWriter(tmp_path)
    gc.watch(every=1, detectors="nonfinite", on_alarm=writer).step(loss=math.nan)
    writer.writer.close()  # type: ignore[attr-defined]
    assert [event.value for event in EventAccumulator(str(tmp_path)).Reload().Scalars("gancheck/nonfinite")] == [1.0]


def test_what_is_no_writer_is_refused() -> None:
    with pytest.raises(gc.BadParameter, match="SummaryWriter or a folder, got int"):
        AlarmWriter(3)  # type: ignore[arg-type]
