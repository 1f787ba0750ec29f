"""Archives: .zip and .tar of pictures, and of one array or table; WebDataset shards; compressed files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from gancheck.errors import BadData
from gancheck.loading.class_numbers import number_classes
from gancheck.loading.content import SHARDS
from gancheck.loading.folder import folder
from gancheck.loading.image_file import SUFFIXES
from gancheck.loading.options import ReadOptions
from gancheck.loading.raw import Array, Raw, join_names
from gancheck.loading.unpack import Unpacked, unpack
from gancheck.system.counts import say_count

CLASS_KEYS = ("cls", "label", "class")  #: of a .json beside a picture


def read_archive(path: Path, options: ReadOptions, read_file: Callable[[Path], Raw]) -> Raw:
    """The pictures of an archive as those of a folder; or the one file that `read_file` can read."""
    found = unpack([path], path.name)
    if any(file.suffix.lower() in SUFFIXES for file in found.files):
        return told_labels(folder(found.root, options), found)
    if len(found.files) != 1:
        names = join_names([file.name for file in found.files]) or "; ".join(found.notes()) or "it is empty"
        raise BadData(f"{path.name} holds no pictures, nor one array or table alone ({names}); give the one to read")
    return keep_unpacked(replace(read_file(found.files[0]), name=path.name), found)


def shards_in(path: Path) -> list[Path]:
    """The WebDataset shards of a folder that holds nothing else."""
    files = sorted(file for file in path.iterdir() if not file.name.startswith("."))
    return files if files and all(file.name.lower().endswith(SHARDS) and file.is_file() for file in files) else []


def read_shards(path: Path, shards: list[Path], options: ReadOptions) -> Raw:
    """The pictures of all shards of a folder, in order; the shards are no classes."""
    found = unpack(shards, path.name or str(path))
    raw = without_labels(folder(found.root, options))
    said = f"{say_count(len(shards), 'shard')} read: {join_names([file.name for file in shards], 3)}"
    return told_labels(replace(raw, notes=(*raw.notes, said)), found)


def told_labels(raw: Raw, found: Unpacked) -> Raw:
    """Unpacked pictures; what stands beside each is its class, else its folder where folders are classes."""
    labels = labels_beside(raw.files, found)
    if labels is None:
        said = (f"texts beside pictures give no class to each: {len(found.told):,}",) if found.told else ()
        return keep_unpacked(replace(raw, notes=(*raw.notes, *said)), found)
    number, classes = number_classes(labels, f"{found.name}: what stands beside its pictures")
    source = "labels from the .cls or .json beside each picture" + (f": {join_names(classes)}" if classes else "")
    plain = without_labels(raw)
    return keep_unpacked(replace(plain, labels=number, classes=classes, notes=(*plain.notes, source)), found)


def without_labels(raw: Raw) -> Raw:
    """Pictures whose folders say nothing."""
    return replace(raw, labels=None, classes=(), notes=tuple(note for note in raw.notes if "folders" not in note))


def labels_beside(files: tuple[Path, ...], found: Unpacked) -> Array | None:
    """(n,) the class of each picture, as numbers where all are; None where some have none."""
    told = [told_class(file, found.told) for file in files]
    if any(value is None for value in told):
        return None
    with suppress(ValueError):
        return np.array([int(str(value)) for value in told])
    return np.array([str(value) for value in told])


def told_class(file: Path, told: dict[Path, str]) -> str | int | None:
    """What stands beside one picture: in its .cls, else in its .json."""
    key = file.with_name(file.name.partition(".")[0])
    plain = told.get(key.with_suffix(".cls"), "").strip()
    if plain:
        return plain
    with suppress(ValueError):
        known = json.loads(told.get(key.with_suffix(".json"), "{}"))
        values = [known[name] for name in CLASS_KEYS if isinstance(known, dict) and name in known]
        return next((value for value in values if isinstance(value, str | int)), None)
    return None


def keep_unpacked(raw: Raw, found: Unpacked) -> Raw:
    """The samples, with the folder that they are read from kept as long as they are."""
    return replace(raw, read=partial(read_from, found, raw.read), notes=(*found.notes(), *raw.notes))


def read_from(found: Unpacked, read: Callable[[], Iterator[Any]]) -> Iterator[Any]:
    """The batches; the folder is there as long as this is."""
    return read()
