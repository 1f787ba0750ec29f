"""What real data gives: features, modes with their real shares, and held-out real draws."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import torch
from torch import Tensor

from gancheck.evaluation.modes import Modes
from gancheck.evaluation.view import View
from gancheck.loading.samples import Samples
from gancheck.numerics.features import FeatureSet, Memo
from gancheck.numerics.seeding import generator

MOST = 200_000  #: reference and training samples used
#: Samples kept as they are, for pictures and for metrics that look at pixels.
KEPT = 5_000
PICTURED = 64  #: samples that a picture shows
COLUMNS = 64  #: moved at once
Pool = Literal["real", "reference"]


@dataclass(frozen=True, eq=False)
class SampleSet:
    """One set of samples, in random order: what it is compared by, and the first few as they are."""

    features: Tensor  #: (n, d)
    first_samples: Tensor  #: (k, *shape), the first k = min(n, KEPT)
    classes: Tensor | None = None  #: (n, C) probabilities
    rows: Tensor | None = None  #: (n,) place of each sample in its source; a source may be sorted, class by class
    labels: Tensor | None = None  #: (n,) int64 class of each sample, a number into `RealData.class_names`; -1: none

    def __len__(self) -> int:
        return len(self.features)

    @property
    def images(self) -> Tensor | None:
        """The kept samples where they are images and all of them are kept."""
        return self.first_samples if self.first_samples.dim() == 4 and len(self.first_samples) == len(self) else None

    def head(self, n: int) -> SampleSet:
        """The first n."""
        more = (part if part is None else part[:n] for part in (self.classes, self.rows, self.labels))
        return SampleSet(self.features[:n], self.first_samples[:n], *more)


class RealData(Memo, ABC):
    """Real data with modes, split so that nothing is compared with itself. Real rows are made once."""

    names: tuple[str, ...]  #: of the K modes
    #: Names of the labels that real samples have, in the order of their numbers; none where they have none.
    label_names: tuple[str, ...] = ()
    extractor: str  #: of the features; goes into the columns' names
    notes: tuple[str, ...] = ()  #: what was assumed
    #: (K,) high-quality real samples that the modes' shares were estimated from; None where the shares are known
    counts: Tensor | None = None
    covered: float = 1.0  #: share of real data that is in these modes
    modes_are_natural: bool = True  #: whether the modes are the data's own, rather than regions of one cloud
    limits: str = ""  #: why finding nothing says nothing, where the real data is too small for it
    train: FeatureSet | None = None  #: features of the training data
    kept_train: Tensor | None = None  #: the same as samples, for pictures
    like: Samples | None = None  #: the reference as it was read, which samples are read like

    @property
    @abstractmethod
    def held_out(self) -> int | None:
        """Real samples in each of the two pools; None: as many as are asked for."""

    @property
    @abstractmethod
    def facts(self) -> Mapping[str, Any]:
        """Provenance, JSON values only."""

    @abstractmethod
    def sample_set(self, samples: Samples, most: int) -> SampleSet:
        """Samples from outside, at most so many; BadData where they do not fit."""

    @abstractmethod
    def modes(self, features: Tensor) -> Modes:
        """The mode assignment of features (n, d)."""

    @abstractmethod
    def draw(self, pool: Pool, n: int) -> SampleSet:
        """n real samples, the same at every call; the two pools share nothing. Finite data may repeat."""

    def distinct(self, pool: Pool, n: int) -> SampleSet:
        """The same without repeats: at most n."""
        return self.draw(pool, n)

    def all_samples(self) -> SampleSet | None:
        """Every real sample, in random order; None where there are as many as are asked for."""
        return None

    def kept_samples(self) -> SampleSet | None:
        """Those of them that are kept as they are, for metrics that look at pixels."""
        return None

    def real_row(self, n: int) -> View:
        """A held-out real draw of n samples against a reference of as many, its own yardstick."""
        return self.cached(draw_row, n)

    def distinct_row(self, n: int) -> View:
        """The same without repeats, and smaller where the pools are."""
        return self.cached(draw_distinct_row, n)

    def standardise(self, features: Tensor) -> Tensor:
        """(n, v) features as the verdict compares them: on one scale, where their columns have units of their own."""
        return features

    def verdict_row(self, n: int) -> View:
        """The real row as the verdict compares it: without the repeats of a finite pool, which no true draw has."""
        return self.distinct_row(n)

    def verdict_view(self, side: SampleSet, yardstick: View) -> View:
        """Samples as the verdict compares them."""
        return self.view(side, yardstick)

    @property
    def verdict_train(self) -> FeatureSet | None:
        """The training data as the verdict compares it."""
        return self.train

    def directions(self, features: Tensor) -> Tensor:
        """(n, q) what may lose or gain variance, of features as the verdict compares them; none where modes say it."""
        return features[:, :0]

    def off_axes(self, features: Tensor) -> Tensor:
        """(n, 1 or 0) distance from all of these directions, where real data has any."""
        return features[:, :0]

    def direction_names(self) -> tuple[str, ...]:
        """What the q directions are called, and then the rest off them."""
        return ()

    def departures(self, features: Tensor) -> Tensor | None:
        """(n,) bool, features (n, d) that differ from real data in a column that is constant there; None: no column."""
        return None

    @property
    def class_names(self) -> tuple[str, ...]:
        """The labels' names, those that are modes first: class k is mode k, wherever there is such a mode."""
        return (*self.names, *(name for name in self.label_names if name not in self.names)) if self.label_names else ()

    def classes_of(self, real: SampleSet) -> Tensor | None:
        """(n,) int64 class of real samples; None where they have no labels."""
        return real.labels

    def row(self, real: SampleSet, reference: SampleSet) -> View:
        """A view of real samples that is its own yardstick."""
        own, other = self.classes_of(real), self.classes_of(reference)
        view = View(real.features, reference.features, labels=own, reference_labels=other, **self.attributes(real))
        view.yardstick = view
        return view

    def view(self, side: SampleSet, yardstick: View) -> View:
        """Samples against the yardstick's reference."""
        return View(side.features, yardstick=yardstick, labels=side.labels, **self.attributes(side))

    def attributes(self, side: SampleSet) -> dict[str, Any]:
        """What goes with samples beside their features."""
        modes = self.modes(side.features)
        return {"modes": modes, "train": self.train, "images": side.images, "classes": side.classes}


def take_at_random(samples: Samples, what: str) -> Samples:
    """As many as are used of either, with a note where that is not all of them; a file may be sorted."""
    if samples.count is None or samples.count <= MOST:
        return samples
    note = f"{MOST:,} of {samples.count:,} samples are used, drawn at random"
    some = samples.some(MOST, generator("cpu", "score", what))
    return replace(some, notes=(*some.notes, note))


def kept_samples(shape: tuple[int, ...]) -> int:
    """How many samples are kept as they are: fewer of videos, which are many images each."""
    return KEPT if len(shape) < 4 else max(PICTURED, KEPT // shape[0])


def draw_row(real_data: RealData, n: int) -> View:
    """A held-out draw against a reference."""
    return real_data.row(real_data.draw("real", n), real_data.draw("reference", n))


def draw_distinct_row(real_data: RealData, n: int) -> View:
    """The same without repeats."""
    real, reference = real_data.distinct("real", n), real_data.distinct("reference", n)
    size = min(len(real), len(reference))
    return real_data.row(real.head(size), reference.head(size))


def shuffle(features: Tensor, rows: Tensor) -> None:
    """Bring (n, d) features into the order of `rows`, a few columns at a time, so that they are never there twice."""
    there = rows.to(features.device)
    for columns in torch.split(features, COLUMNS, dim=1):
        columns.copy_(columns[there])
