"""The shipped classifier of digits, for images of any size."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import interpolate

from gancheck.classifiers.digit_classifier import digit_classifier
from gancheck.classifiers.network import FEATURES
from gancheck.errors import BadData
from gancheck.extractors.base import Extractor, extractor

SIZE = 8  #: pixels a side that the classifier looks at


@extractor("classifier")
@dataclass
class ClassifierFeatures(Extractor):
    """The shipped classifier of 8 x 8 digits, channel by channel; 64 features each.

    Images of another size than 8 x 8 are averaged over areas down to it (smaller ones repeat pixels), a square or not.
    """

    def load(self, device: torch.device, weights: Path | None) -> None:
        super().load(device, weights)
        self.classifier = digit_classifier(device)

    @property
    def facts(self) -> dict[str, Any]:
        return {"layer": "features", **self.classifier.facts}

    def features(self, x: Tensor) -> Tensor:
        if x.dim() != 4:
            raise BadData("the classifier looks at images (n, c, h, w): use --features points")
        small = interpolate(x.float(), size=(SIZE, SIZE), mode="area")
        return self.classifier.features(small.reshape(-1, SIZE, SIZE)).reshape(len(x), -1)

    def classes(self, features: Tensor) -> Tensor | None:
        """(n, 10) for images with one channel."""
        return self.classifier.classes(features) if features.shape[1] == FEATURES else None
