"""A dataset whose modes are known, as real data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import count
from typing import Any

import torch
from torch import Tensor

from gancheck.datasets.base import Dataset
from gancheck.errors import BadData
from gancheck.evaluation.modes import Modes, modes_of
from gancheck.evaluation.real_data.base import KEPT, MOST, Pool, RealData, SampleSet, shuffle
from gancheck.loading.options import Kind
from gancheck.loading.samples import Samples, gather
from gancheck.loading.value_range import SIGNED
from gancheck.numerics.features import feature_set
from gancheck.numerics.seeding import generator, permutation
from gancheck.system.arithmetic import arithmetic

ROWS = 10_000  #: samples whose features are computed at once
STANDARD = 50_000  #: images that publications compare with, at most
HELD = 100_000_000  #: numbers in the images of a dataset without end that are held


class DatasetRealData(RealData):
    """A dataset's own modes, weights and pools; `train` takes the place of its training data.

    Real samples are drawn on the device `drawn_on`, from streams that `stream` names. Features are computed of `batch`
    samples at once, and `keep` samples of every set are kept as they are.
    """

    def __init__(
        self,
        name: str,
        dataset: Dataset,
        train: Samples | None = None,
        device: torch.device | str = "cpu",
        *,
        stream: str = "score",
        drawn_on: torch.device | str = "cpu",
        batch: int = ROWS,
        keep: int = KEPT,
    ) -> None:
        super().__init__()
        self.name, self.dataset, self.device = name, dataset, torch.device(device)
        self.stream, self.drawn_on, self.batch, self.keep = stream, drawn_on, batch, keep
        self.names = self.label_names = dataset.names
        self.extractor = dataset.extractor
        self.like: Samples = samples_of(name, dataset)
        own = dataset.training()
        if train is not None:
            side = self.sample_set(train, MOST)
            self.train, self.kept_train = feature_set(side.features), side.first_samples
            self.notes = tuple(f"training data: {note}" for note in train.notes)
        elif own is not None:
            self.train, self.kept_train = feature_set(self.features(own)), own[: self.keep]

    @property
    def held_out(self) -> None:
        return None

    @property
    def facts(self) -> Mapping[str, Any]:
        return {"dataset": self.name, "modes": len(self.names), **self.dataset.facts}

    def sample_set(self, samples: Samples, most: int) -> SampleSet:
        if samples.shape != self.dataset.spec.shape:
            raise BadData(
                f"{samples.name}: samples are {samples.form}, those of {self.name} are "
                f"{self.like.form}; bring them to that shape, or give --reference instead"
            )
        size = most if samples.count is None else min(most, samples.count)
        features = gather((self.features(batch) for batch in samples.stream()), size, samples.name)
        rows = permutation(len(features), torch.device("cpu"), "score", "samples")
        shuffle(features, rows)
        return SampleSet(features, samples.pick(rows[: self.keep]), self.dataset.classes(features), rows)

    def with_features(self, x: Tensor) -> SampleSet:
        """Samples (n, *shape) with their features."""
        features = self.features(x)
        return SampleSet(features, x[: self.keep], self.dataset.classes(features))

    def features(self, x: Tensor) -> Tensor:
        """(n, d), chunk by chunk."""
        parts = (self.dataset.features(chunk.to(self.device)) for chunk in torch.split(x, self.batch))
        with arithmetic():
            return gather(parts, len(x), self.name)

    def modes(self, features: Tensor) -> Modes:
        return modes_of(self.dataset, features)

    def classes_of(self, real: SampleSet) -> Tensor:
        return real.labels if real.labels is not None else self.dataset.assign(real.features).label

    def draw(self, pool: Pool, n: int) -> SampleSet:
        return self.with_features(self.dataset.pool(pool, n, generator(self.drawn_on, self.stream, pool)))

    def distinct(self, pool: Pool, n: int) -> SampleSet:
        return self.with_features(
            self.dataset.distinct(pool, n, generator(self.drawn_on, self.stream, pool, "distinct"))
        )


def samples_of(name: str, dataset: Dataset) -> Samples:
    """A dataset as samples, endless: what others are read like, its value range among it."""
    spec = dataset.spec

    def stream() -> Iterator[Tensor]:
        return (dataset.pool("real", ROWS, generator("cpu", "score", "like", batch)) for batch in count())

    kind: Kind = "images" if spec.is_image else "points"
    span = SIGNED if spec.is_image and (spec.low, spec.high) == (SIGNED.low, SIGNED.high) else None
    return Samples(name, spec.shape, None, stream, kind=kind, span=span)


def held_out_samples(name: str, dataset: Dataset) -> Samples:
    """The real images that a dataset holds out from training, each once, labelled with their modes.

    Of a dataset without end 50,000, or fewer where they would be more than a hundred million numbers.
    """
    most = min(STANDARD, HELD // dataset.spec.size) // 2
    pools: tuple[Pool, Pool] = ("reference", "real")
    drawn = [dataset.distinct_labelled(pool, most, generator("cpu", "score", pool, "distinct")) for pool in pools]
    x, labels = (torch.cat(parts) for parts in zip(*drawn, strict=True))
    said = f"{len(x):,} held-out images of {name}, labelled with their modes; publications may compare with others"
    return replace(
        samples_of(name, dataset),
        count=len(x),
        stream=lambda: iter(torch.split(x, ROWS)),
        labels=labels,
        classes=dataset.names,
        notes=(said,),
    )
