"""Images from a folder of yours: each class in a folder of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

import torch
from torch import Tensor

from gancheck.datasets.base import dataset
from gancheck.datasets.images.image_content import content_of
from gancheck.datasets.images.image_pools import ImagePools, ImageSet, split_images
from gancheck.datasets.images.labelled_images import LabelledImages
from gancheck.datasets.mixtures.base import require
from gancheck.errors import BadData
from gancheck.loading.content import require_path
from gancheck.loading.open import open_samples
from gancheck.loading.options import ReadOptions
from gancheck.loading.picture_files import list_images
from gancheck.loading.resize import LARGEST
from gancheck.loading.samples import Samples
from gancheck.plugins.parameters import PLACE
from gancheck.system.counts import say_count

SMALLEST = 4  #: pixels of a side; on fewer there is no shape to tell classes by


@dataclass(frozen=True, eq=False)
class Folder:
    """What a folder of images holds."""

    images: ImageSet
    classes: tuple[str, ...]
    notes: tuple[str, ...]


@dataset("folder")
@dataclass(frozen=True)
class FolderImages(LabelledImages):
    """Images of a folder, as `folder:photos`, in [-1, 1]; its folders are the classes, and those the modes.

    With a side, every image becomes side x side pixels by bicubic interpolation with antialiasing; proportions are not
    kept. Repeats are dropped; of each class 60 % of the images train, the others are three pools.
    """

    from_files: ClassVar[bool] = True

    path: str = field(metadata=PLACE)  #: folder with a folder a class, as ImageFolder of torchvision takes it
    side: int = 0  #: pixels that every image is brought to; 0 keeps their size, which must be one
    classifier: str = field(default="", metadata=PLACE)  #: a classifier's file instead of the usual one
    state: str = field(init=False, repr=False)  #: names, sizes and times of the files: a changed folder is another

    def __post_init__(self) -> None:
        require(
            self.side == 0 or SMALLEST <= self.side <= LARGEST,
            f"side = {self.side}: give {SMALLEST} to {LARGEST:,} pixels, or 0 to keep their size",
        )
        object.__setattr__(self, "state", state_of(self.path))

    def load(self) -> ImagePools:
        return split_images(self.folder.images)

    @cached_property
    def folder(self) -> Folder:
        """The images as they were read."""
        return read_folder(self.path, self.side)

    @property
    def class_names(self) -> tuple[str, ...]:
        return self.folder.classes

    @property
    def content(self) -> str:
        return content_of(self)

    @property
    def facts(self) -> dict[str, Any]:
        """The classifier, how many images there are, and what was left out or changed."""
        return {**super().facts, "images": len(self.folder.images.x), "notes": [*self.folder.notes, *self.repeats()]}

    def repeats(self) -> Iterator[str]:
        """How many images are there more than once."""
        if count := len(self.folder.images.x) - sum(len(pool.x) for pool in self.load_once()):
            yield f"{say_count(count, 'repeated image')} left out"


def state_of(path: str) -> str:
    """Hash of what a folder's listing says; BadData where there is no folder, or nothing in it."""
    place = require_path(path)
    if not place.is_dir():
        raise BadData(f"{path} is a file: give the folder that holds a folder of images for each class")
    files = [(file, file.stat()) for file in list_images(place).files]
    lines = [f"{file.relative_to(place)} {state.st_size} {state.st_mtime_ns}" for file, state in files]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def read_folder(path: str, side: int) -> Folder:
    """All images and classes; BadData where there are not two classes at least, or nothing can be read."""
    try:
        opened = open_samples(path, what="folder", options=ReadOptions("images", resize=side or None))
    except BadData as error:  # the advice is to be one that this data set takes
        raise BadData(str(error).replace("--resize SIDE (resize= in Python)", f"folder:{path}(side=64)")) from error
    if opened.labels is None:
        raise BadData(
            f"{opened.name} has no classes: put the images of each in a folder of its own, two at least, as in "
            f"{opened.name}/cat/1.png and {opened.name}/dog/1.png"
        )
    return Folder(ImageSet(read_bytes(opened), opened.labels), opened.classes, opened.notes)


def read_bytes(opened: Samples) -> Tensor:
    """(n, c, h, w) uint8 of samples in [-1, 1]."""
    return torch.cat([((batch + 1) * 127.5).round().to(torch.uint8) for batch in opened.stream()])
