"""How images reach a network that was trained on photographs."""

from __future__ import annotations

from torch import Tensor

from gancheck.errors import BadData


def photographs(x: Tensor) -> Tensor:
    """(n, 3, h, w) uint8 of (n, c, h, w) images in [-1, 1]: round((x + 1) * 127.5), grey repeated three times.

    Values outside are clipped. BadData for points, and for images with neither one channel nor three.
    """
    if x.dim() != 4 or x.shape[1] not in (1, 3):
        raise BadData(
            f"networks for photographs take images with 1 or 3 channels, not samples of shape {tuple(x.shape[1:])}: "
            "use --features points"
        )
    return ((x + 1) * 127.5).round().clamp(0, 255).byte().expand(-1, 3, -1, -1)
