"""What an extractor is: a named, fixed function from samples to features, with its weights on record."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import torch
from torch import Tensor

from gancheck.errors import BadParameter
from gancheck.extractors.weights import Source
from gancheck.plugins.info import plugin

T = TypeVar("T")


def extractor(name: str, *, presets: dict[str, dict[str, Any]] | None = None) -> Callable[[T], T]:
    """Make a dataclass that derives from `Extractor` known as `name`; presets are further names with parameters set."""
    return plugin("extractor", name, presets=presets or {})


class Extractor(ABC):
    """Turns samples into features. The name goes into every column, as in `fid@inception`.

    Parameters are dataclass fields; networks are set up in `load`, so the dataclass must not be frozen.
    """

    batch: int = 4_096  #: samples looked at together
    costly: ClassVar[bool] = False  #: dearer than reading its samples once more, so that features are worth keeping

    def load(self, device: torch.device, weights: Path | None) -> None:
        """Get ready: networks to the device, with the weights in a file where the user names one (`--weights`).

        Called once, before anything else. MissingWeights where they are neither here nor to be had.
        """
        if weights is not None:
            raise BadParameter("takes no weights: leave --weights out, or name a network's features")

    def published_weights(self) -> Source | None:
        """The published file of weights that it needs, for `gancheck weights`; None where it needs none."""
        return None

    @abstractmethod
    def features(self, x: Tensor) -> Tensor:
        """(n, d) float32 features of (n, *shape) samples, at most `batch` of them, on the device of `load`.

        Images are (n, c, h, w) in [-1, 1], c = 1 or 3. No gradients are recorded.
        """

    def classes(self, features: Tensor) -> Tensor | None:
        """(n, C) class probabilities that go with the features, where the network has them."""
        return None

    @property
    def facts(self) -> dict[str, Any]:
        """Provenance, JSON values only: the layer, the SHA-256 of the weights, the library and its version.

        What is `costly` is kept under these facts, the parameters and the source: say here what else decides the
        features, above all the weights.
        """
        return {}
