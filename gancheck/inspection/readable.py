"""The part of a source that can be read, and what is wrong with the rest, where a loader would refuse all of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from os import cpu_count
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from gancheck.errors import BadData
from gancheck.inspection.problem import Problem
from gancheck.loading.archives import shards_in
from gancheck.loading.content import require_path
from gancheck.loading.failures import one_line_errors
from gancheck.loading.folder import folder, folder_of
from gancheck.loading.image_file import decode_image
from gancheck.loading.in_memory import in_memory
from gancheck.loading.incomplete import read_kept
from gancheck.loading.interpret import interpret
from gancheck.loading.matching import refuse_modes
from gancheck.loading.open import on_disk
from gancheck.loading.options import NO_OPTIONS, ReadOptions
from gancheck.loading.picture_files import list_images
from gancheck.loading.raw import Array, Raw
from gancheck.loading.samples import Samples
from gancheck.system.counts import say_count
from gancheck.system.progress import TrackIterable

SHOWN = 3  #: file names in a line; the evidence has more
LISTED = 100


@dataclass(frozen=True, eq=False)
class Usable:
    """Samples that can be read."""

    samples: Samples
    kept: Tensor  #: (n,) bool, for every sample of the source
    problems: tuple[Problem, ...] = ()


def read_what_is_readable(source: Any, watch: TrackIterable, options: ReadOptions = NO_OPTIONS) -> Usable:
    """Everything of a path, array or batches that can be read. BadData where that is nothing, or never ends."""
    with one_line_errors("data", "give it as a .npy file"):
        path = Path(source).expanduser() if isinstance(source, str | Path) else None
        if path is not None and path.is_dir() and not shards_in(path):
            return of_folder(path, watch, options)
        raw = in_memory(source, None, options) if path is None else on_disk(require_path(path), None, options)
        refuse_modes(raw, options)
        if raw.endless:
            raise BadData(f"{raw.name} makes samples without end; inspect looks at training data: save some first")
        return finite(raw, options)


def of_folder(path: Path, watch: TrackIterable, options: ReadOptions) -> Usable:
    """The images of a folder that can be decoded and have the commonest size, or are brought to one."""
    listing = list_images(path)
    files = listing.files
    if not files:
        folder(path, options)  # says what is missing
    seen = list(watch(outcomes(files), len(files), "reading images"))
    sizes = Counter(size for size in seen if isinstance(size, tuple))
    if not sizes:
        raise BadData(f"none of the {len(files):,} images of {path.name} can be read: {files[0].name} {seen[0]}")
    common = sizes.most_common(1)[0][0]
    alike = {common} if options.resize is None else set(sizes)
    kept = torch.tensor([size in alike for size in seen])
    good = [file for file, size in zip(files, seen, strict=True) if size in alike]
    raw = folder_of(path, listing, good, options.resize)
    mixed = describe_mixed_sizes(files, seen, sizes) if options.resize is None else []
    refuse_modes(raw, options)
    return Usable(interpret(raw, options), kept, (*describe_broken(path, files, seen), *mixed))


Outcome = tuple[int, int] | str  #: height and width, or why a file cannot be used


def outcomes(files: list[Path]) -> Iterator[Outcome]:
    """What decoding each file gives, by as many threads as there are cores."""
    together = min(8, cpu_count() or 1)
    with ThreadPoolExecutor(together) as pool:
        for start in range(0, len(files), 4 * together):
            yield from pool.map(outcome, files[start : start + 4 * together])


def outcome(file: Path) -> Outcome:
    """The size of one picture."""
    try:
        height, width = decode_image(file, "image").pixels.shape[:2]
    except BadData as error:
        return str(error).replace(str(file), file.name).removeprefix(f"{file.name} (image) ").partition(";")[0]
    return height, width


def describe_broken(root: Path, files: list[Path], seen: list[Outcome]) -> list[Problem]:
    """Files that cannot be used."""
    bad = [(str(file.relative_to(root)), why) for file, why in zip(files, seen, strict=True) if isinstance(why, str)]
    if not bad:
        return []
    listed = ", ".join(name for name, _ in bad[:SHOWN]) + (", ..." if len(bad) > SHOWN else "")
    text = (
        f"{len(bad):,} of {len(files):,} images cannot be used: {listed}; {bad[0][0]} {bad[0][1]}. "
        "Replace or remove them; everything below is about the others"
    )
    return [Problem("broken-files", "error", text, {"files": [{"file": f, "reason": w} for f, w in bad[:LISTED]]})]


def describe_mixed_sizes(files: list[Path], seen: list[Outcome], sizes: Counter[tuple[int, int]]) -> list[Problem]:
    """Images of several sizes."""
    if len(sizes) < 2:
        return []
    (common, most), *rest = sizes.most_common()
    other = files[next(i for i, size in enumerate(seen) if size in dict(rest))].name
    counted = ", ".join(f"{n:,} of {w} x {h}" for (h, w), n in [(common, most), *rest[: SHOWN + 1]])
    more = f" and {say_count(len(rest) - SHOWN - 1, 'size')} more" if len(rest) > SHOWN + 1 else ""
    text = (
        f"images of {len(sizes)} sizes: {counted}{more} (such as {other}); bring them to one size. "
        f"Everything below is about the {most:,}"
    )
    evidence = {"sizes": [{"width": w, "height": h, "images": n} for (h, w), n in sizes.most_common(LISTED)]}
    return [Problem("mixed-sizes", "error", text, evidence)]


def finite(raw: Raw, options: ReadOptions) -> Usable:
    """The rows without NaN, infinite or missing values."""
    kept = torch.from_numpy(np.concatenate([finite_rows(batch) for batch in raw.read()] or [np.zeros(0, dtype=bool)]))
    kept = kept if raw.missing is None else kept & ~raw.missing
    if not len(kept) or bool(kept.all()):
        return Usable(interpret(raw, options), kept)
    if not kept.any():
        raise BadData(f"all samples of {raw.name} have NaN, infinite or missing values")
    labels = raw.labels[kept] if raw.labels is not None and len(raw.labels) == len(kept) else raw.labels
    rows = (~kept).nonzero()[:, 0]
    text = (
        f"NaN, infinite or missing values in {len(rows):,} of {len(kept):,} samples, the first is row {int(rows[0])}; "
        "mend or drop them. Everything below is about the others, and counts rows without them"
    )
    problem = Problem("not-finite", "error", text, {"samples": len(rows), "rows": rows[:LISTED].tolist()})
    whole = replace(raw, read=partial(read_kept, raw, kept), labels=labels, missing=None)
    return Usable(interpret(whole, options), kept, (problem,))


def finite_rows(batch: Array) -> Array:
    """(b,) bool, rows of finite numbers."""
    if batch.dtype.kind != "f":
        return np.ones(len(batch), dtype=bool)
    return np.asarray(np.isfinite(batch).reshape(len(batch), -1).all(axis=1))
