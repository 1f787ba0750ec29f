"""Which format a file has, by its content, and the recording in it."""

from __future__ import annotations

from pathlib import Path

from gancheck.errors import BadData
from gancheck.monitor.readers.content import shown, text_at
from gancheck.monitor.readers.event_files import event_folders, read_events
from gancheck.monitor.readers.recording import Recording
from gancheck.monitor.readers.stylegan import is_statistics, read_statistics
from gancheck.monitor.readers.table import is_table, read_table
from gancheck.monitor.readers.text_log import read_text_log
from gancheck.monitor.readers.trace import is_trace, read_trace
from gancheck.monitor.readers.trainer_state import is_trainer_state, latest_state, read_trainer_state

FORMATS = (
    (is_trace, read_trace),
    (is_statistics, read_statistics),
    (is_trainer_state, read_trainer_state),
    (is_table, read_table),
)


def read_recording(path: Path) -> Recording:
    """The recording of a file or folder; BadData in one line where there is none."""
    if path.is_dir():
        return read_folder(path)
    if "tfevents" in path.name:
        return filled(read_events(path))
    text, source = text_at(path), shown(path)
    for is_it, read in FORMATS:
        if is_it(text):
            return filled(read(text, source))
    return filled(read_text_log(text, source))


def read_folder(folder: Path) -> Recording:
    """What a training left in a folder: the Trainer's state, event files, or Lightning's metrics.csv."""
    if state := latest_state(folder):
        return read_recording(state)
    if event_folders(folder):
        return filled(read_events(folder))
    if (table := folder / "metrics.csv").is_file():
        return read_recording(table)
    raise BadData(f"{shown(folder)} holds no event files, no trainer_state.json and no metrics.csv; name a file")


def filled(recording: Recording) -> Recording:
    """A recording with something in it."""
    if not recording.observations:
        raise BadData(f"{recording.source} is {recording.form} without any step")
    return recording
