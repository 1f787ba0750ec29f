"""TensorBoard's event files, or folders of them, read by the package `tensorboard` where it is installed."""

from __future__ import annotations

import logging
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from gancheck.errors import BadData, Unsupported
from gancheck.monitor.readers.content import refuse_odd, shown
from gancheck.monitor.readers.course import Entry
from gancheck.monitor.readers.names import HELD_OUT, TRAINING, signals_of, words
from gancheck.monitor.readers.recording import Recording, listed, reasons
from gancheck.monitor.readers.steps import in_order
from gancheck.system.control_characters import escape_controls

PATTERN = "*tfevents*"
REAL = {1, 2, 3, 4, 5, 6, 9, 14, 17, 19, 22, 23}  #: types of tensors that are integers or floats
Series = dict[str, dict[int, float]]  #: name -> step -> value


def event_folders(folder: Path) -> list[Path]:
    """The folders below with event files; each is a run of TensorBoard's."""
    return sorted({path.parent for path in folder.rglob(PATTERN) if path.is_file()})


def read_events(place: Path) -> Recording:
    """The scalars of a file, or of a folder; those of its folders `train` and `validation` together."""
    if find_spec("tensorboard") is None:
        raise Unsupported(f"reading {shown(place)} needs the package tensorboard: pip install tensorboard")
    if not place.is_dir():
        refuse_odd(place)
    series = scalars_below(place) if place.is_dir() else scalars(place)
    names, left = signals_of(series)
    if not names:
        found = f"no loss or metric among {listed(series)}" if series else "no scalars"
        raise BadData(f"{shown(place)} holds {found}")
    steps = sorted({step for name in names for step in series[name]})
    entries = (Entry(s, {names[n]: series[n][s] for n in names if s in series[n]}) for s in steps)
    observations, notes = in_order(entries)
    return Recording(shown(place), "event files of TensorBoard", observations, (*notes, *reasons(left)))


def scalars_below(folder: Path) -> Series:
    """The scalars of a folder's runs; BadData where they are several trainings."""
    runs = event_folders(folder)
    if len(runs) == 1:
        return scalars(runs[0])
    names = {run: "" if run == folder else str(run.relative_to(folder)) for run in runs}
    if other := [name for name in names.values() if name and not words(name) & (HELD_OUT | TRAINING | {"loss", "acc"})]:
        raise BadData(f"{shown(folder)} holds several trainings: name one of {listed(other)}")
    return {f"{name}/{tag}" if name else tag: v for run, name in names.items() for tag, v in scalars(run).items()}


def scalars(place: Path) -> Series:
    """Every scalar of one run, by step; what a resumed training wrote again counts."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    logging.getLogger("tensorboard").setLevel(logging.ERROR)
    read = EventAccumulator(str(place), size_guidance={"scalars": 0, "tensors": 0})
    try:
        read.Reload()
        plain = {tag: {e.step: float(e.value) for e in read.Scalars(tag)} for tag in read.Tags()["scalars"]}
        return plain | {tag: found for tag in read.Tags()["tensors"] if (found := tensor_scalars(read, tag))}
    except Exception as error:  # whatever a damaged file makes of it
        raise BadData(f"cannot read {escape_controls(f'{place}: {error}')}") from error


def tensor_scalars(read: Any, tag: str) -> dict[int, float]:
    """The scalars that newer writers keep as tensors; empty where a tensor is none."""
    from tensorboard.util.tensor_util import make_ndarray

    tensors = {event.step: event.tensor_proto for event in read.Tensors(tag)}
    if not all(map(is_scalar, tensors.values())):
        return {}
    return {step: float(make_ndarray(tensor).reshape(())) for step, tensor in tensors.items()}


def is_scalar(tensor: Any) -> bool:
    """Whether it is one real number, by its head: what a damaged file says of its size must not be set aside."""
    dimensions = tensor.tensor_shape.dim
    return tensor.dtype in REAL and len(dimensions) < 8 and all(dimension.size == 1 for dimension in dimensions)
