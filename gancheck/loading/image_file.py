"""One picture file: its pixels, upright and without transparency."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from gancheck.errors import BadData
from gancheck.loading.failures import one_line_errors
from gancheck.loading.raw import Array

LARGEST = 64 * 2**20  #: pixels
GREY = ("1", "L", "LA", "I", "I;16", "I;16B", "I;16L", "I;16N", "F")


@dataclass(frozen=True, eq=False)
class Picture:
    """Pixels (h, w, c), uint8 or, where the file has 16 bits, uint16; c = 1 or 3."""

    pixels: Array
    remarks: tuple[str, ...]  #: what was done that its owner may not expect


def decode_image(path: Path, place: str) -> Picture:
    """The picture of one file; BadData that says which of how many (`place`) where it is none."""
    name = f"{path.name} ({place})"
    with one_line_errors(name, "replace or remove it"), Image.open(path, formats=("PNG", "JPEG", "WEBP")) as image:
        if image.width * image.height > LARGEST:
            raise BadData(f"{name} has {image.width} x {image.height} pixels, more than 64 megapixels; make it smaller")
        remarks = [f"{image.mode} images converted to RGB"] if image.mode in ("P", "PA", "CMYK", "YCbCr", "LAB") else []
        if getattr(image, "is_animated", False):
            remarks.append("animated images: the first frame")
        upright = ImageOps.exif_transpose(image)
        if upright.mode.startswith("I"):
            return Picture(deep(upright, name), (*remarks, "16-bit grey levels divided by 65535"))
        return Picture(opaque(upright, name), tuple(remarks))


def deep(image: Image.Image, name: str) -> Array:
    """(h, w, 1) uint16."""
    values = np.asarray(image)
    if values.min() < 0 or values.max() > 65535:
        raise BadData(f"{name} has grey levels {values.min()} to {values.max()}; known are 8 and 16 bits")
    return values.astype(np.uint16)[:, :, None]


def opaque(image: Image.Image, name: str) -> Array:
    """(h, w, 1 or 3) uint8; BadData where anything shines through."""
    colour = "L" if image.mode in GREY else "RGB"
    if image.has_transparency_data:
        alpha = np.asarray(image.convert("RGBA"))[:, :, 3]
        if alpha.min() < 255:
            raise BadData(f"{name} is transparent in places; blend it with a background first")
        image = image.convert("RGBA").convert("RGB").convert(colour)
    pixels = np.asarray(image.convert(colour))
    return pixels.reshape(*pixels.shape[:2], -1)
