"""Points of the plane as a small square of pixels: real ones grey, generated ones in colour on top."""

from __future__ import annotations

import numpy as np
from matplotlib.colors import to_rgb
from numpy.typing import NDArray

from gancheck.report.plots.style import FAKE, REAL

SIDE = 256  #: pixels
MARGIN = 0.15  #: of the real points' extent, at each end


def point_raster(real: NDArray[np.floating], samples: NDArray[np.floating]) -> NDArray[np.uint8]:
    """(256, 256, 3) pixels of two clouds (n, 2) in the window of the real one; what lies outside stands at its edge."""
    low, high = real.min(0), real.max(0)
    room = MARGIN * np.maximum(high - low, 1e-9)
    pixels = np.full((SIDE, SIDE, 3), 255, dtype=np.uint8)
    for points, colour in ((real, REAL), (samples, FAKE)):
        place = (np.nan_to_num(points) - low + room) / (high - low + 2 * room)
        column, row = (np.clip(place, 0, 1) * (SIDE - 1)).round().astype(int).T
        pixels[SIDE - 1 - row, column] = np.array(to_rgb(colour)) * 255
    return pixels
