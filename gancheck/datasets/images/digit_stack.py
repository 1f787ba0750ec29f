"""What `digits` and `stacked-digits` share: one digit a channel, judged channel by channel.

A sample's distance is the root of the summed squares of its channels' distances; the high-quality radius is the
98.889 % quantile of that distance over digits that neither the classifier nor a GAN was trained on.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from functools import cache
from typing import Any, ClassVar, NamedTuple

import torch
from torch import Tensor

from gancheck.classifiers.digit_classifier import digit_classifier
from gancheck.classifiers.network import FEATURES
from gancheck.datasets.base import HIGH_QUALITY_MASS, Assignment, Batch, Dataset, DataSpec, Facet, Pool
from gancheck.datasets.images.digit_pools import CLASSES, SIZE, digits

#: Samples drawn from the calibration digits to set the radius and the deviations.
CALIBRATION_DRAWS = 30_000


class DigitStack(Dataset):
    """`channels` digits, each drawn by itself; the mode is the number that they spell."""

    extractor: ClassVar[str] = "classifier"

    @property
    @abstractmethod
    def channels(self) -> int:
        """Digits in a sample."""

    def pictures(self, x: Tensor) -> Tensor:
        """The digits in grey from left to right, (n, 1, 8, 8 * channels): as colours nobody can read them."""
        return torch.cat(torch.split(x, 1, dim=1), dim=3)

    @property
    def spec(self) -> DataSpec:
        return DataSpec((self.channels, SIZE, SIZE), -1.0, 1.0).with_modes(self.weights)

    @property
    def weights(self) -> Tensor:
        modes = CLASSES**self.channels
        return torch.full((modes,), 1 / modes, dtype=torch.float64)

    @property
    def radius(self) -> float:
        """The high-quality radius, in the classifier's units."""
        return calibrate(self.channels).radius

    @property
    def deviations(self) -> Tensor:
        """(10 * channels,) float64, measured on the calibration digits; group = 10 * channel + digit."""
        return calibrate(self.channels).deviations

    def index(self, rows: Tensor) -> Tensor:
        """(n,) int64 rows in the training pool from the (n, channels) rows of its digits; -1: every draw is fresh."""
        return torch.full_like(rows[:, 0], -1)

    def draw(self, count: int, generator: torch.Generator) -> Batch:
        x, y = digits("train")
        rows = draw_rows(len(x), (count, self.channels), generator)
        place_value = CLASSES ** torch.arange(self.channels - 1, -1, -1, device=rows.device)
        labels = (y.to(rows.device)[rows] * place_value).sum(1)
        return Batch(x.to(rows.device)[rows], labels, self.index(rows))

    def pool(self, name: Pool, count: int, generator: torch.Generator) -> Tensor:
        x = digits(name).x.to(generator.device)
        return x[draw_rows(len(x), (count, self.channels), generator)]

    def distinct(self, name: Pool, count: int, generator: torch.Generator) -> Tensor:
        x = digits(name).x.to(generator.device)
        codes = distinct_numbers(len(x) ** self.channels, count, generator)
        rows = torch.stack([codes // len(x) ** c % len(x) for c in range(self.channels)], dim=1)
        return x[rows]

    def features(self, x: Tensor) -> Tensor:
        """(n, 64 * channels) features of the classifier, channel after channel."""
        return digit_classifier(x.device).features(x.reshape(-1, SIZE, SIZE)).reshape(len(x), -1)

    def assign(self, features: Tensor) -> Assignment:
        """The classifier's class in every channel, spelt as one number; what is not finite is never of high quality."""
        label, distance = classify_channels(features, self.channels)
        return Assignment(label, distance / self.radius)

    def facets(self, features: Tensor, label: Tensor) -> tuple[Facet, ...]:
        return tuple(views(features, label, self.channels))

    @property
    def facts(self) -> dict[str, Any]:
        """The classifier that sets modes and distances: its file's hash, its accuracy, the command that trains it."""
        return {"classifier": dict(digit_classifier(torch.device("cpu")).facts)}


class Calibration(NamedTuple):
    """What the calibration digits settle."""

    radius: float
    deviations: Tensor  #: (10 * channels,) float64


@cache
def calibrate(channels: int) -> Calibration:
    """Radius and spread of digits that nothing was trained on; the draws are fixed."""
    x = digits("calibration").x
    rows = draw_rows(len(x), (CALIBRATION_DRAWS, channels), torch.Generator().manual_seed(0))
    features = digit_classifier(x.device).features(x)[rows].flatten(1)
    label, distance = classify_channels(features, channels)
    radius = float(distance.double().quantile(HIGH_QUALITY_MASS))
    good = distance <= radius
    spread = [
        facet.features[facet.group == 10 * channel + digit].double().var(0, correction=0).mean().sqrt()
        for channel, facet in enumerate(views(features[good], label[good], channels))
        for digit in range(CLASSES)
    ]
    return Calibration(radius, torch.stack(spread))


def classify_channels(features: Tensor, channels: int) -> tuple[Tensor, Tensor]:
    """(n,) label and (n,) distance in the classifier's units, from (n, 64 * channels) features."""
    classifier = digit_classifier(features.device)
    single = features.reshape(-1, FEATURES)
    digit = classifier.label(single)
    distance = classifier.distance(single, digit).reshape(-1, channels).norm(dim=1)
    place_value = CLASSES ** torch.arange(channels - 1, -1, -1, device=digit.device)
    return (digit.reshape(-1, channels) * place_value).sum(1), distance


def views(features: Tensor, label: Tensor, channels: int) -> Iterator[Facet]:
    """One facet a channel: its 64 features, grouped by 10 * channel + digit."""
    for channel in range(channels):
        digit = label // CLASSES ** (channels - 1 - channel) % CLASSES
        yield Facet(features[:, channel * FEATURES : (channel + 1) * FEATURES], CLASSES * channel + digit)


def draw_rows(size: int, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
    """Uniform rows in [0, size), with replacement."""
    return torch.randint(size, shape, generator=generator, device=generator.device)


def distinct_numbers(size: int, count: int, generator: torch.Generator) -> Tensor:
    """At most `count` different numbers of [0, size) in random order, without listing the `size` of them."""
    found = torch.empty(0, dtype=torch.int64, device=generator.device)
    while len(found) < min(count, size):
        more = draw_rows(size, (min(count, size) - len(found),), generator)
        found = torch.unique(torch.cat([found, more]))
    return found[torch.randperm(len(found), generator=generator, device=generator.device)]
