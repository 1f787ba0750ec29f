"""CelebA: 202,599 photographs of faces; modes are the combinations of a few of its 40 yes-or-no attributes."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any, ClassVar
from zipfile import ZipFile

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gancheck.datasets.base import dataset
from gancheck.datasets.images.image_pools import ImagePools
from gancheck.datasets.images.torchvision_files import CELEBA, TorchvisionSet, celeba_archives, torchvision_class
from gancheck.datasets.images.torchvision_images import TorchvisionImages
from gancheck.datasets.mixtures.base import require
from gancheck.errors import BadParameter, did_you_mean
from gancheck.loading.image_file import decode_image
from gancheck.loading.resize import resize_pixels
from gancheck.system.kept_tensor import read_kept, write_kept

CROP = 178  #: width of the aligned photographs, 218 high: the middle square is kept
PIXELS = "pixels"  #: what the file of decoded photographs calls them
MOST = 6  #: attributes, which make 64 modes


@dataset("celeba")
@dataclass(frozen=True)
class CelebA(TorchvisionImages):
    """One face of CelebA as (3, 64, 64) in [-1, 1]; eight modes: Male, Smiling and Young, each yes or no.

    The middle 178 x 178 pixels of the aligned photograph, resized by bicubic interpolation with antialiasing. The
    authors' training set trains; the validation and test sets are what is held out.

    Liu, Luo, Wang & Tang, "Deep learning face attributes in the wild", ICCV 2015.
    """

    source: ClassVar[TorchvisionSet] = CELEBA

    attributes: tuple[str, ...] = ("Male", "Smiling", "Young")  #: whose 2^k combinations are the modes
    side: int = 64  #: height and width

    def __post_init__(self) -> None:
        super().__post_init__()
        count = len(set(self.attributes))
        require(1 <= count == len(self.attributes) <= MOST, f"attributes: name 1 to {MOST}, each once")
        require(8 <= self.side <= CROP, f"side = {self.side}: faces are 8 to {CROP} pixels high and wide")

    @property
    def class_names(self) -> tuple[str, ...]:
        """Such as `Male no-Smiling Young`."""
        yes_or_no = ((f"no-{name}", name) for name in self.attributes)
        return tuple(" ".join(words) for words in product(*yes_or_no))

    def load(self) -> ImagePools:
        unpack_photographs(self.root)
        return super().load()

    def split(self, train: bool) -> dict[str, Any]:
        return {"split": "train" if train else "all"}

    def images(self, found: Any) -> tuple[Tensor, Tensor]:
        rows = held_out_rows(found, self.root) if found.split == "all" else slice(None)
        files = np.array(found.filename)[rows].tolist()
        folder = self.root / found.base_folder
        kept = folder / f"{'held-out' if found.split == 'all' else 'train'}-{self.side}.safetensors"
        pixels = decode_faces([folder / "img_align_celeba" / file for file in files], self.side, kept)
        return pixels, self.combinations(found)[rows]

    def combinations(self, found: Any) -> Tensor:
        """(n,) int64, the attributes read as a binary number, the first one its highest digit."""
        known = [name for name in found.attr_names if name]
        for name in self.attributes:
            if name not in known:
                raise BadParameter(f"CelebA has no attribute '{name}'.{did_you_mean(name, known)}")
        bits: Tensor = found.attr[:, [known.index(name) for name in self.attributes]].long()
        powers = torch.arange(bits.shape[1] - 1, -1, -1)
        return (bits * 2**powers).sum(1)


def unpack_photographs(root: Path) -> None:
    """The archive, where somebody put it there without unpacking it: torchvision does so only when it downloads."""
    archive = celeba_archives(torchvision_class("CelebA"), root)[0]
    if not archive.path.with_suffix("").is_dir() and archive.is_there:
        with ZipFile(archive.path) as photographs:
            photographs.extractall(archive.path.parent)


def held_out_rows(found: Any, root: Path) -> Tensor:
    """The rows of the authors' validation and test sets."""
    lines = (root / found.base_folder / "list_eval_partition.txt").read_text().split()
    return torch.tensor([int(part) for part in lines[1::2]]).nonzero().flatten()


def decode_faces(files: list[Path], side: int, kept: Path) -> Tensor:
    """(n, 3, side, side) uint8, kept beside the photographs so that they are decoded once; if damaged, made anew."""
    known = read_kept(kept, PIXELS)
    if known is not None and known.dtype == torch.uint8 and known.shape == (len(files), 3, side, side):
        return known
    pixels = torch.from_numpy(np.stack([face(file, side) for file in files]))
    write_kept(kept, PIXELS, pixels, "--data-root")
    return pixels


def face(file: Path, side: int) -> NDArray[np.uint8]:
    """(3, side, side) uint8: the middle square, resized."""
    pixels = decode_image(file, "of CelebA").pixels
    height, width = pixels.shape[:2]
    square = min(CROP, height, width)
    top, left = (height - square) // 2, (width - square) // 2
    small = resize_pixels(pixels[top : top + square, left : left + square], side)
    return np.rint(small).astype(np.uint8).transpose(2, 0, 1)
