"""What Python programs hold: arrays, tensors, batches, functions and networks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import count as counting
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from gancheck.errors import BadData
from gancheck.loading.arrays import array_of, raw_array
from gancheck.loading.class_numbers import number_classes
from gancheck.loading.failures import one_line_errors
from gancheck.loading.frames import table_in_memory
from gancheck.loading.generator import network
from gancheck.loading.labels import from_memory
from gancheck.loading.layout import CHANNELS
from gancheck.loading.named_arrays import flatten, from_names
from gancheck.loading.options import NO_OPTIONS, KindOfSamples, ReadOptions
from gancheck.loading.raw import Array, Raw, Replay
from gancheck.loading.samples import Samples
from gancheck.loading.tables import raw_table

ASKED = 1_000  #: samples that a function is asked for at a time
LARGEST = 8 * 2**30  #: bytes of batches that are read before giving up on an end
LONGEST = 1_000_000  #: batches, likewise
ACCEPTED = "a path, array, tensor, iterable of batches, function of a count, or torch module"

Cut = Callable[[list[Array]], tuple[list[Array], tuple[str, ...]]]  #: arrays as batches of samples, and what to say


def in_memory(source: Any, latent: int | None, options: ReadOptions = NO_OPTIONS, like: Samples | None = None) -> Raw:
    """Samples that a program holds or makes."""
    with one_line_errors("the object", f"give {ACCEPTED}"):
        if isinstance(source, nn.Module):
            return network(source, latent, "generator")
        if isinstance(source, Tensor):
            return raw_array(source, "tensor")
        if isinstance(source, Mapping):
            return from_names(dict(flatten(source)), "dict", options.array)
        if (table := table_in_memory(source)) is not None:
            return raw_table(table, options, like)
        if hasattr(source, "__array__"):
            return raw_array(source, "array")
        return of_many(source, options.kind)


def of_many(source: Any, kind: KindOfSamples) -> Raw:
    """Samples from many objects: batches, rows, or what a function gives."""
    if isinstance(source, Dataset) and hasattr(source, "__len__"):
        return read_batches(DataLoader(source, batch_size=ASKED), as_batches)
    if isinstance(source, Sequence) and not isinstance(source, str | bytes) and is_nested(source):
        return raw_array(source, "list")
    if isinstance(source, Iterable) and not isinstance(source, str | bytes):
        return read_batches([source] if is_pair(source) else source, SINGLE.get(kind, one_by_one))
    if callable(source):
        return function(source)
    raise BadData(f"cannot read samples from {type(source).__name__}; give {ACCEPTED}")


def is_nested(source: Sequence[Any]) -> bool:
    """Whether a list holds samples one by one: numbers, lists of numbers, or 1-D arrays."""
    first = source[0] if len(source) else None
    if isinstance(first, Sequence) and not is_pair(first) and len(first) and hasattr(first[0], "__array__"):
        return False
    return (isinstance(first, int | float | Sequence) and not is_pair(first)) or getattr(first, "ndim", 0) == 1


def is_pair(item: Any) -> bool:
    """Whether this is (samples, labels): an array, and as many whole numbers or words, in an array or a list."""
    if not isinstance(item, tuple | list) or len(item) != 2 or not hasattr(item[0], "__array__"):
        return False
    x, y = item
    return bool(is_labels(y) and getattr(x, "ndim", 0) >= 2 and len(x) == len(y))


def is_labels(y: Any) -> bool:
    """Whether these are whole numbers or words in a row."""
    if isinstance(y, Tensor):
        return y.ndim == 1 and not y.is_floating_point()
    if isinstance(y, Sequence) and not isinstance(y, str | bytes):
        return all(isinstance(label, str) for label in y) or all(isinstance(label, int) for label in y)
    if not hasattr(y, "__array__"):
        return False
    values = np.asarray(y)
    words = values.dtype.kind == "O" and all(isinstance(label, str) for label in values.flat)
    return values.ndim == 1 and (words or values.dtype.kind in "iuU")


def function(draw: Callable[[int], Any]) -> Raw:
    """Samples of `draw(count)`, asked for in batches and kept, so that they can be read again."""
    name = getattr(draw, "__name__", type(draw).__name__)

    def batches() -> Iterator[Array]:
        for _ in counting():
            with one_line_errors(
                f"{name}({ASKED})", "give a function that takes a count and returns so many samples", "fails"
            ):
                with torch.no_grad():
                    batch = array_of(draw(ASKED))
                if not batch.ndim or len(batch) != ASKED:
                    found = len(batch) if batch.ndim else "a single value"
                    raise BadData(f"{name}({ASKED}) gave {found}; it must give as many samples as it is asked for")
            yield batch.copy()  # it may be written over by the next call

    read = Replay(batches())
    return Raw(name, next(read()).shape[1:], read, endless=True)


def read_batches(source: Iterable[Any], cut: Cut) -> Raw:
    """Batches, read once and kept; (samples, labels) pairs give labels too."""
    pairs = list(finite(source))
    kept = [x for x, _ in pairs if len(x)] or [x for x, _ in pairs[:1]]
    labels = [y for _, y in pairs if y is not None]
    if not kept:
        raise BadData("there are no batches to read")
    if labels and len(labels) != len(pairs):
        raise BadData(f"only {len(labels)} of {len(pairs)} batches have labels; give labels with all or none")
    known, classes = number_classes(np.concatenate(labels), "the batches") if labels else (None, ())
    full, notes = cut(kept) if known is None else (kept, ())
    return Raw("batches", full[0].shape[1:], lambda: iter(full), labels=known, classes=classes, notes=notes)


def finite(source: Iterable[Any]) -> Iterator[tuple[Array, Array | None]]:
    """Samples and labels of each batch, until there are too many for it to have an end."""
    size = 0
    for number, (x, y) in enumerate(map(split_labels, source)):
        if not x.ndim:
            raise BadData("the batches hold single values; give batches of shape (b, ...)")
        size += x.nbytes
        if size > LARGEST or number > LONGEST:
            raise BadData(
                "the batches never end or hold more than 8 GiB; save them to a file, or give a function of a count"
            )
        yield (x if isinstance(source, Sequence) else x.copy()), y  # an iterator may write over its last batch


def as_batches(batches: list[Array]) -> tuple[list[Array], tuple[str, ...]]:
    """Batches, as their source makes them."""
    return batches, ()


def sequences(batches: list[Array]) -> tuple[list[Array], tuple[str, ...]]:
    """Series or clouds: arrays with two axes are one each, those with three are batches of them."""
    if batches[0].ndim != 2:
        return batches, ()
    return [batch[None] for batch in batches], (f"each array of shape {batches[0].shape} read as one sample",)


def one_by_one(batches: list[Array]) -> tuple[list[Array], tuple[str, ...]]:
    """Batches as they are, or of one image each where that is their shape; and how they were read."""
    shapes = {batch.shape for batch in batches}
    shape = batches[0].shape
    if len(shapes) == 1 and len(shape) == 3 and {shape[0], shape[2]} & set(CHANNELS):
        return [batch[None] for batch in batches], (f"each array of shape {shape} read as one image",)
    points = f"each array of shape (b, {shape[-1]}) read as b points; images need (b, c, h, w)"
    return batches, (points,) if len(shape) == 2 else ()


SINGLE: dict[str, Cut] = {"series": sequences, "cloud": sequences}  #: how lists of arrays are cut into samples


def split_labels(item: Any) -> tuple[Array, Array | None]:
    """The samples of one batch, and their labels."""
    if is_pair(item):
        return array_of(item[0]), from_memory(item[1]).copy()
    if isinstance(item, tuple | list) and len(item) == 1 and hasattr(item[0], "__array__"):
        return array_of(item[0]), None
    if isinstance(item, tuple | list) and any(hasattr(part, "__array__") for part in item):
        raise BadData("the batches are tuples, but not of samples and whole-number labels or words; give samples only")
    if isinstance(item, Image.Image):
        if item.mode not in ("L", "RGB", "RGBA"):
            raise BadData(f"a PIL image has mode {item.mode}; convert it to L or RGB first")
        return np.asarray(item)[None], None
    return array_of(item), None
