"""Hugging Face's `trainer_state.json`: its `log_history`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from gancheck.errors import BadData
from gancheck.monitor.readers.course import Entry
from gancheck.monitor.readers.names import signals_of
from gancheck.monitor.readers.numbers import count_of, number_of
from gancheck.monitor.readers.recording import Recording, reasons
from gancheck.monitor.readers.steps import in_order

STATE = "trainer_state.json"
SUMMARY = "train_runtime"  #: in the last entry, whose loss is a mean over the whole training


def is_trainer_state(text: str) -> bool:
    """Whether it is one, whole or cut off."""
    return text.lstrip().startswith("{") and '"log_history"' in text


def read_trainer_state(text: str, source: str) -> Recording:
    """The rows of the history; the summary at its end is left out."""
    try:
        history = json.loads(text).get("log_history")
    except (ValueError, RecursionError) as error:
        raise BadData(f"{source} is cut off or damaged: {error}") from error
    if not isinstance(history, list):
        raise BadData(f"{source}: it has no log_history that is a list")
    rows = [row for row in history if isinstance(row, dict) and SUMMARY not in row]
    names, left = signals_of(dict.fromkeys(name for row in rows for name in row if name != "step"))
    seen, notes = in_order(entries(rows, names))
    return Recording(source, "a history of Hugging Face's Trainer", seen, (*notes, *reasons(left)))


def entries(rows: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> Iterator[Entry]:
    """The numbers of every row, at its step; what has no step follows the row before."""
    step = 0
    for row in rows:
        counted = count_of(row.get("step"))
        step = step + 1 if counted is None else counted
        values = {signal: number_of(row.get(name)) for name, signal in names.items()}
        yield Entry(step, {signal: value for signal, value in values.items() if value is not None})


def latest_state(folder: Path) -> Path | None:
    """The state in a folder, or in its last checkpoint."""
    found = [folder / STATE, *folder.glob(f"checkpoint-*/{STATE}")]
    there = [path for path in found if path.is_file()]
    return max(there, key=progress, default=None)


def progress(path: Path) -> float:
    """The folder's own state comes first, then the checkpoint of the most steps."""
    name, _, number = path.parent.name.rpartition("-")
    if name != "checkpoint":
        return float("inf")
    return float(number) if number.isdecimal() else -1.0
