"""A folder of images: sorted as people count, decoded batch by batch, labelled by its sub-folders."""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from gancheck.errors import BadData
from gancheck.loading.failures import one_line_errors
from gancheck.loading.image_file import Picture, decode_image
from gancheck.loading.layout import Layout
from gancheck.loading.raw import Array, Raw, join_names, slices

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp")
KEPT = 256 * 2**20  #: bytes of decoded pixels that are kept rather than decoded again


def folder(path: Path) -> Raw:
    """All images below a folder, one shape; a picture that is grey becomes RGB where others have colour."""
    name = path.name or str(path)
    with one_line_errors(name, "check that you may read it"):
        files, others = list_images(path)
    if not files:
        raise BadData(f"{name} holds no {', '.join(SUFFIXES)} images ({others:,} other files); give a folder that does")
    album = Album(path, files)
    labels, classes = read_folder_labels(path, files)
    ignored = (f"{others:,} other files in {name} left out",) if others else ()
    said = (f"labels from {len(classes)} sub-folders: {join_names(classes)}",) if classes else ()
    notes = (*ignored, *album.notes, *said)
    form = Layout((album.shape[2], *album.size), last=True)
    return Raw(name, album.shape, album.read, labels=labels, classes=classes, files=files, layout=form, notes=notes)


def list_images(path: Path) -> tuple[tuple[Path, ...], int]:
    """The image files in the order that people count in, and how many files are something else."""
    found = [Path(here) / name for here, _, names in os.walk(path, onerror=complain) for name in names]
    shown = [file for file in found if not any(part.startswith(".") for part in file.relative_to(path).parts)]
    images = [file for file in shown if file.suffix.lower() in SUFFIXES and file.is_file()]
    return tuple(sorted(images, key=lambda file: natural(file.relative_to(path)))), len(shown) - len(images)


def complain(error: OSError) -> None:
    """A folder that may not be listed is an error, not an empty folder."""
    raise error


def natural(path: Path) -> list[list[tuple[int, int, str]]]:
    """A key that puts 2.png before 10.png."""
    pieces = [re.findall(r"[0-9]+|[^0-9]+", part) for part in path.parts]
    return [[(0, int(p), p) if p[0] in "0123456789" else (1, 0, p) for p in part] for part in pieces]


def read_folder_labels(path: Path, files: tuple[Path, ...]) -> tuple[Tensor | None, tuple[str, ...]]:
    """Labels and classes, where every image lies in one of at least two sub-folders, and none deeper."""
    parts = [file.relative_to(path).parts for file in files]
    names = tuple(dict.fromkeys(part[0] for part in parts))
    if len(names) < 2 or any(len(part) != 2 for part in parts):
        return None, ()
    return torch.tensor([names.index(part[0]) for part in parts]), names


class Album:
    """Images of one shape: looked through once, then given as (b, h, w, c) batches of uint8 or uint16."""

    def __init__(self, root: Path, files: tuple[Path, ...]) -> None:
        self.root, self.files = root, files
        self.kept: list[Picture] = []
        remarks: dict[str, int] = {}
        self.size, self.channels, self.dtype = (0, 0), set[int](), np.dtype(np.uint8)
        for at, picture in enumerate(self.pictures()):
            self.add(at, picture)
            for remark in picture.remarks:
                remarks[remark] = remarks.get(remark, 0) + 1
        self.notes = tuple(f"{remark} ({number:,} of {len(files):,})" for remark, number in remarks.items())
        if len(self.channels) > 1:
            self.notes += ("grey and coloured images mixed: all have 3 channels",)
        self.shape = (*self.size, max(self.channels))

    def add(self, at: int, picture: Picture) -> None:
        """Note one picture's size and depth; keep it while all are small."""
        size = picture.pixels.shape[:2]
        self.size = self.size if at else size
        if size != self.size:
            raise BadData(
                f"images differ in size: {self.files[0].name} has {self.size[1]} x {self.size[0]} pixels, "
                f"{self.files[at].name} {size[1]} x {size[0]}; resize them to one size"
            )
        self.channels.add(picture.pixels.shape[2])
        self.dtype = np.promote_types(self.dtype, picture.pixels.dtype)
        if picture.pixels.nbytes * len(self.files) <= KEPT:
            self.kept.append(picture)

    def read(self) -> Iterator[Array]:
        """(b, h, w, c) batches."""
        whole = self.kept if len(self.kept) == len(self.files) else None
        held: list[Array] = []
        limit = next(slices(len(self.files), int(np.prod(self.shape)) * self.dtype.itemsize)).stop
        for picture in whole or self.pictures():
            held.append(self.alike(picture.pixels))
            if len(held) == limit:
                yield np.stack(held)
                held = []
        if held:
            yield np.stack(held)

    def alike(self, pixels: Array) -> Array:
        """(h, w, c) with the channels and depth of the album."""
        if pixels.dtype != self.dtype:
            pixels = pixels.astype(self.dtype) * 257  # 255 becomes 65535
        return np.broadcast_to(pixels, self.shape)

    def pictures(self) -> Iterator[Picture]:
        """Every picture, decoded a few at a time by as many threads as there are cores."""
        places = [f"{at + 1:,} of {len(self.files):,}" for at in range(len(self.files))]
        together = min(4, os.cpu_count() or 1)  # of 64 megapixels each at worst
        with ThreadPoolExecutor(together) as pool:
            for start in range(0, len(self.files), 2 * together):
                rows = slice(start, start + 2 * together)
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")  # what matters of them is said in one line
                    some = list(pool.map(decode_image, self.files[rows], places[rows]))
                yield from some
