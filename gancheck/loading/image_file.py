"""One picture file: its pixels, upright and without transparency."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from gancheck.errors import BadData
from gancheck.loading.failures import one_line_errors
from gancheck.loading.raw import Array

LARGEST = 64 * 2**20  #: pixels
COMMON = ("PNG", "JPEG", "WEBP")
DECODERS = {
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".webp"), COMMON),  # which of them a file is, its content says
    ".bmp": ("BMP",),
    ".gif": ("GIF",),
    ".tif": ("TIFF",),
    ".tiff": ("TIFF",),
}
SUFFIXES = tuple(DECODERS)
CONVERTED = ("P", "PA", "CMYK", "YCbCr", "LAB")
GREY = ("1", "L", "LA", "I", "I;16", "I;16B", "I;16L", "I;16N")


@dataclass(frozen=True, eq=False)
class Picture:
    """Pixels (h, w, c), uint8 or, where the file has 16 bits, uint16; c = 1 or 3."""

    pixels: Array
    remarks: tuple[str, ...]  #: what was done that its owner may not expect
    size: tuple[int, ...] = ()  #: height and width in the file, upright

    def changed(self, pixels: Array) -> Picture:
        """The same picture with other pixels."""
        return replace(self, pixels=pixels)


def decode_image(path: Path, place: str) -> Picture:
    """The picture of one file; BadData that says which of how many (`place`) where it is none."""
    name, formats = f"{path.name} ({place})", DECODERS.get(path.suffix.lower(), COMMON)
    with one_line_errors(name, "replace or remove it"), Image.open(path, formats=formats) as image:
        if image.width * image.height > LARGEST:
            raise BadData(f"{name} has {image.width} x {image.height} pixels, more than 64 megapixels; make it smaller")
        remarks = remarks_on(image)
        upright = ImageOps.exif_transpose(image)
        if upright.mode == "F":
            raise BadData(f"{name} holds floats; save such images as one .npy array")
        if is_deep := upright.mode.startswith("I"):
            remarks.append("16-bit grey levels divided by 65535")
        pixels = deep(upright, name) if is_deep else opaque(upright, name)
        return Picture(pixels, tuple(remarks), pixels.shape[:2])


def remarks_on(image: Image.Image) -> list[str]:
    """What is lost in reading a file."""
    several, many_levels = getattr(image, "n_frames", 1) > 1, ";16" in str(getattr(image, "tile", ""))
    said = {
        f"{image.mode} images converted to plain colours": image.mode in CONVERTED,
        "images of several frames or pages: the first frame": several,
        "16-bit colours read with 8 bits": many_levels and image.mode in ("RGB", "RGBA"),
    }
    return [remark for remark, applies in said.items() if applies]


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
    pixels = pixels.reshape(*pixels.shape[:2], -1)
    return pixels[:, :, :1] if image.mode == "P" and (pixels == pixels[:, :, :1]).all() else pixels
