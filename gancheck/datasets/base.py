"""What a dataset must give, so that collapse has a ground truth: draws, disjoint pools, modes and their assignment."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Literal, NamedTuple, TypeVar

import torch
from torch import Tensor

from gancheck.plugins.info import plugin

T = TypeVar("T")
Pool = Literal["calibration", "reference", "real"]

#: Mass of a mode inside the high-quality radius: what a 3-sigma disc holds in two dimensions, 1 - exp(-4.5).
HIGH_QUALITY_MASS = 1 - math.exp(-4.5)


def dataset(name: str, *, presets: dict[str, dict[str, Any]] | None = None) -> Callable[[T], T]:
    """Make a dataclass that derives from `Dataset` known as `name`; presets are further names with parameters set."""
    return plugin("dataset", name, presets=presets or {})


@dataclass(frozen=True)
class DataSpec:
    """Shape and range of one sample, and how many modes there are: all a GAN needs to know to build itself."""

    shape: tuple[int, ...]  #: (d,) for points, (channels, height, width) for images
    low: float = -math.inf  #: smallest value a sample can hold
    high: float = math.inf  #: largest value a sample can hold
    #: Number of the data's modes, for GANs with classes; None where nobody says. It makes no other spec.
    modes: int | None = field(default=None, compare=False)
    shares: tuple[float, ...] = field(default=(), compare=False)  #: of the modes in real data; empty: all alike

    @property
    def size(self) -> int:
        """Numbers in one sample."""
        return math.prod(self.shape)

    @property
    def is_image(self) -> bool:
        """Whether a sample has channels, height and width."""
        return len(self.shape) == 3

    @property
    def bounded(self) -> bool:
        """Whether values have a known range, as pixels do."""
        return math.isfinite(self.low) and math.isfinite(self.high)

    def with_modes(self, weights: Tensor) -> DataSpec:
        """The spec of data whose modes have these shares (K,)."""
        shares = () if (weights == weights[0]).all() else tuple(weights.tolist())
        return replace(self, modes=len(weights), shares=shares)

    def joined(self, count: int) -> DataSpec:
        """The spec of samples with `count` numbers more: further features, or further constant channels."""
        return replace(self, shape=(self.shape[0] + count, *self.shape[1:]))

    def packed(self, m: int) -> DataSpec:
        """The spec of m samples joined along the first axis (features or channels)."""
        return replace(self, shape=(self.shape[0] * m, *self.shape[1:]))


class Batch(NamedTuple):
    """Training samples as hooks see them."""

    x: Tensor  #: (n, *shape) float32
    y: Tensor  #: (n,) int64, mode of each sample
    index: Tensor  # type: ignore[assignment]  #: (n,) int64, row in the training pool; -1 where every draw is fresh


class Assignment(NamedTuple):
    """Which mode each sample belongs to and how far out it lies."""

    label: Tensor  #: (n,) int64 in [0, K)
    distance: Tensor  #: (n,) float, distance to the mode's centre in units of its high-quality radius

    @property
    def good(self) -> Tensor:
        """(n,) bool: high-quality samples, inside the radius that holds 98.889 % of the mode's own mass."""
        return self.distance <= 1


class Facet(NamedTuple):
    """One view of the samples in which spread is measured: a mixture has one, three stacked digits have three."""

    features: Tensor  #: (n, p)
    group: Tensor  #: (n,) int64 in [0, G), G the length of `Dataset.deviations`


PART = 10_000  #: samples whose modes are found at once


class Dataset(ABC):
    """Data with known modes. All tensors live on the device of the generator or tensor that is handed in."""

    version: ClassVar[int] = 1  #: part of every run's id; raise it when draws or assignments change
    from_files: ClassVar[bool] = False  #: whether it is made of files that do not come with gancheck
    extractor: ClassVar[str] = "points"  #: in which features samples are compared and modes are found

    @property
    @abstractmethod
    def spec(self) -> DataSpec:
        """Shape and range of one sample; for GANs with classes also `.with_modes(self.weights)`."""

    @property
    @abstractmethod
    def weights(self) -> Tensor:
        """(K,) float64 on the CPU, the modes' shares in real data; sums to 1."""

    @property
    @abstractmethod
    def deviations(self) -> Tensor:
        """(G,) float64 on the CPU: real data's RMS deviation per feature, per facet group, inside the radius."""

    @abstractmethod
    def draw(self, count: int, generator: torch.Generator) -> Batch:
        """`count` training samples."""

    @abstractmethod
    def pool(self, name: Pool, count: int, generator: torch.Generator) -> Tensor:
        """`count` real samples (count, *shape) from a pool that shares nothing with training or the other pools.

        Finite pools are drawn with replacement.
        """

    def distinct(self, name: Pool, count: int, generator: torch.Generator) -> Tensor:
        """At most `count` samples without repeats, as many as the pool has."""
        return self.pool(name, count, generator)

    def distinct_labelled(self, name: Pool, count: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """The same samples with their modes (n,) int64: the nearest, unless the data knows better."""
        x = self.distinct(name, count, generator)
        return x, torch.cat([self.assign(self.features(part)).label for part in torch.split(x, PART)])

    def training(self) -> Tensor | None:
        """(t, *shape) the training samples where they are few enough to be copied; None where every draw is fresh."""
        return None

    def classes(self, features: Tensor) -> Tensor | None:
        """(n, C) a classifier's probabilities from the features; None where none goes with this data."""
        return None

    @abstractmethod
    def features(self, x: Tensor) -> Tensor:
        """(n, d) features in which samples are compared: the points themselves, or a classifier's."""

    @abstractmethod
    def assign(self, features: Tensor) -> Assignment:
        """Nearest mode and distance of every sample, from its features."""

    @abstractmethod
    def facets(self, features: Tensor, label: Tensor) -> tuple[Facet, ...]:
        """The views in which spread is measured."""

    @property
    def names(self) -> tuple[str, ...]:
        """The K modes' names for people: their numbers, all with as many digits."""
        return tuple(str(k).zfill(len(str(len(self.weights) - 1))) for k in range(len(self.weights)))

    def pictures(self, x: Tensor) -> Tensor:
        """Images (n, 1 or 3, h, w) as people are shown them; where channels do not make a colour, side by side."""
        return x

    @property
    def content(self) -> str:
        """Hash of the files that the data comes from, part of every run's id; empty where the code says it all."""
        return ""

    @property
    def facts(self) -> dict[str, Any]:
        """Provenance for the run record, such as a classifier's hash and accuracy; JSON values only."""
        return {}
