"""A folder of images: decoded batch by batch, of one size, labelled by its sub-folders."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from gancheck.errors import BadData
from gancheck.loading.failures import one_line_errors
from gancheck.loading.image_file import SUFFIXES, Picture, decode_image
from gancheck.loading.layout import Layout
from gancheck.loading.options import NO_OPTIONS, ReadOptions
from gancheck.loading.picture_files import Listing, list_images, read_folder_labels
from gancheck.loading.raw import Array, Raw, slices
from gancheck.loading.resize import require_side, resize_pixels
from gancheck.loading.value_range import BYTES, DEEP
from gancheck.system.counts import say_count

KEPT = 256 * 2**20  #: bytes of decoded pixels that are kept rather than decoded again
LOST = 0.01  #: share of the images that may be broken: they are left out and named
NAMED = 3  #: of them


def folder(path: Path, options: ReadOptions = NO_OPTIONS) -> Raw:
    """All images below a folder, one shape; a picture that is grey becomes RGB where others have colour."""
    name = path.name or str(path)
    with one_line_errors(name, "check that you may read it"):
        listing = list_images(path)
    if not listing.files:
        left = "; ".join(listing.notes()) or "it is empty"
        raise BadData(f"{name} holds no {', '.join(SUFFIXES)} images ({left}); give a folder that does")
    return folder_of(path, listing, listing.files, options.resize)


def folder_of(path: Path, listing: Listing, files: list[Path], side: int | None = None) -> Raw:
    """Some of the images below a folder."""
    album = Album(files, side)
    found = read_folder_labels(path, album.files)
    return Raw(
        path.name or str(path),
        album.shape,
        album.read,
        labels=found.labels,
        classes=found.classes,
        files=tuple(album.files),
        layout=Layout((album.shape[2], *album.size), last=True),
        span=DEEP if album.dtype == np.uint16 else BYTES,
        notes=(*listing.notes(), *album.notes, *found.notes),
    )


class Album:
    """Images of one shape: looked through once, then given as (b, h, w, c) batches of uint8 or uint16.

    With a side, they are brought to side x side and given as float32 in 0..255. Files that are no images are left out
    while they are few.
    """

    def __init__(self, files: list[Path], side: int | None = None) -> None:
        require_side(side)
        self.files, self.side = files, side
        self.kept: list[Picture] = []
        self.size, self.channels, self.dtype = (0, 0), set[int](), np.dtype(np.uint8)
        remarks, sizes, used, broken = dict[str, int](), set[tuple[int, ...]](), list[Path](), list[BadData]()
        for file, picture in zip(files, self.pictures(), strict=True):
            if isinstance(picture, BadData):
                broken.append(picture)
                refuse_many(broken, len(files))
                continue
            sizes.add(picture.size)
            self.add(file, picture, used)
            for remark in picture.remarks:
                remarks[remark] = remarks.get(remark, 0) + 1
        self.files = used
        self.notes = tuple(f"{remark} ({number:,} of {len(files):,})" for remark, number in remarks.items())
        self.notes += self.describe(broken, sizes)
        self.shape = (*self.size, max(self.channels))

    def add(self, file: Path, picture: Picture, used: list[Path]) -> None:
        """Note one picture's size and depth; keep it while all are small."""
        size = picture.pixels.shape[:2]
        self.size = self.size if used else size
        if size != self.size:
            raise BadData(
                f"images differ in size: {used[0].name} has {self.size[1]} x {self.size[0]} pixels, "
                f"{file.name} {size[1]} x {size[0]}; bring them to one with --resize SIDE (resize= in Python)"
            )
        used.append(file)
        self.channels.add(picture.pixels.shape[2])
        self.dtype = np.promote_types(self.dtype, picture.pixels.dtype)
        if picture.pixels.nbytes * len(self.files) <= KEPT:
            self.kept.append(picture)

    def describe(self, broken: list[BadData], sizes: set[tuple[int, ...]]) -> tuple[str, ...]:
        """What was done with the pictures that their owner may not expect."""
        said = []
        if broken:
            reasons = "; ".join(str(error).partition(";")[0] for error in broken[:NAMED])
            more = " ..." if len(broken) > NAMED else ""
            said.append(f"{say_count(len(broken), 'broken image')} left out: {reasons}{more}")
        if len(self.channels) > 1:
            said.append("grey and coloured images mixed: all have 3 channels")
        if self.side is not None and sizes != {(self.side, self.side)}:
            listed = ", ".join(f"{width} x {height}" for height, width in sorted(sizes)[:NAMED])
            more = " ..." if len(sizes) > NAMED else ""
            said.append(f"{listed}{more} pixels resized to {self.side} x {self.side} (bicubic, antialiased)")
        return tuple(said)

    def read(self) -> Iterator[Array]:
        """(b, h, w, c) batches."""
        whole = self.kept if len(self.kept) == len(self.files) else None
        held: list[Array] = []
        limit = next(slices(len(self.files), int(np.prod(self.shape)) * self.dtype.itemsize)).stop
        for picture in whole or self.pictures():
            if isinstance(picture, BadData):
                raise picture
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

    def pictures(self) -> Iterator[Picture | BadData]:
        """Every picture, or what is wrong with it, decoded a few at a time by as many threads as there are cores."""
        places = [f"{at + 1:,} of {len(self.files):,}" for at in range(len(self.files))]
        together = min(4, os.cpu_count() or 1)  # of 64 megapixels each at worst
        with ThreadPoolExecutor(together) as pool:
            for start in range(0, len(self.files), 2 * together):
                rows = slice(start, start + 2 * together)
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")  # what matters of them is said in one line
                    some = list(pool.map(self.decode, self.files[rows], places[rows]))
                yield from some

    def decode(self, file: Path, place: str) -> Picture | BadData:
        """One picture, of the album's side where it has one."""
        try:
            picture = decode_image(file, place)
        except BadData as error:
            return error
        return picture if self.side is None else picture.changed(resize_pixels(picture.pixels, self.side))


def refuse_many(broken: list[BadData], count: int) -> None:
    """The first failure, where there are more than a few among many."""
    if len(broken) > LOST * count:
        raise broken[0]
