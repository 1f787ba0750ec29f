"""A square of generated images as a PNG file without frame or words, so that many can be looked at in a row."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from gancheck.report.plots.image_strips import Array
from gancheck.report.plots.pixel_page import mosaic
from gancheck.system.files import replacing

COLUMNS = 8
COUNT = COLUMNS**2


def sample_grid(path: Path, images: Array) -> None:
    """Write up to 64 images (n, 1 or 3, h, w) in [-1, 1], in their order: nothing is picked."""
    pixels = (255 * mosaic(images[:COUNT], COLUMNS).pixels).round().astype(np.uint8)
    with replacing(path) as part:
        Image.fromarray(pixels).save(part, format="PNG")
