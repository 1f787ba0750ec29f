"""What an extractor is: a named, fixed function from samples to features, with its weights on record."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from torch import Tensor


class Extractor(ABC):
    """Turns samples into features. The name goes into every column, as in `fid@inception`."""

    name: str
    batch: int = 4_096  #: samples looked at together
    costly: bool = False  #: dearer than reading its samples once more, so that features are worth keeping

    @property
    def facts(self) -> dict[str, Any]:
        """Provenance, JSON values only: the layer, the SHA-256 of the weights, the library and its version."""
        return {}

    @abstractmethod
    def features(self, x: Tensor) -> Tensor:
        """(n, d) float32 features of (n, *shape) samples; images are (n, c, h, w) in [-1, 1], c = 1 or 3."""

    def classes(self, features: Tensor) -> Tensor | None:
        """(n, C) class probabilities that go with the features, where the network has them."""
        return None
