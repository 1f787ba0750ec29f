"""The shipped judge of digits, for images of any size."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import interpolate

from gancheck.errors import BadData
from gancheck.extractors.base import Extractor
from gancheck.judges.judge import digit_judge
from gancheck.judges.network import FEATURES

SIZE = 8  #: pixels a side that the judge looks at


class DigitJudge(Extractor):
    """The judge's features of every channel, one after the other: (n, 64 c).

    Images of another size than 8 x 8 are averaged over areas down to it (smaller ones repeat pixels), a square or not.
    """

    name = "judge"

    def __init__(self, device: str | torch.device = "cpu") -> None:
        self.judge = digit_judge(torch.device(device))
        self.device = torch.device(device)

    @property
    def facts(self) -> dict[str, Any]:
        return {"layer": "features", **self.judge.facts}

    def features(self, x: Tensor) -> Tensor:
        if x.dim() != 4:
            raise BadData("the judge looks at images (n, c, h, w): use --features points")
        small = interpolate(x.to(self.device).float(), size=(SIZE, SIZE), mode="area")
        return self.judge.features(small.reshape(-1, SIZE, SIZE)).reshape(len(x), -1)

    def classes(self, features: Tensor) -> Tensor | None:
        """(n, 10) for images with one channel."""
        return self.judge.classes(features) if features.shape[1] == FEATURES else None
