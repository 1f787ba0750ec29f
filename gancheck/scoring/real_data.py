"""What a user says is real: a dataset by name, or a reference."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from gancheck.datasets.base import Dataset
from gancheck.errors import BadParameter, MissingWeights
from gancheck.evaluation.real_data.base import RealData, take_at_random
from gancheck.evaluation.real_data.dataset import DatasetRealData, held_out_samples, samples_of
from gancheck.evaluation.real_data.reference import Extract, ReferenceRealData
from gancheck.extractors.cache import FeatureCache
from gancheck.extractors.loaded import LoadedExtractor, load_extractor
from gancheck.loading.open import open_labels, open_labels_of, open_samples
from gancheck.loading.options import NO_OPTIONS, Kind, ReadOptions
from gancheck.loading.samples import Samples
from gancheck.plugins.parameters import parse_call
from gancheck.plugins.registry import Registry
from gancheck.system.progress import Step, no_progress

AUTO = "auto"


@dataclass(frozen=True)
class RealDataRequest:
    """What a user says is real: a dataset's name, or samples from anywhere."""

    dataset: str | None = None  #: such as `ring8` or `ring(modes=8, sigma=0.05)`
    reference: Any = None  #: real samples, in any form that `open_samples` takes
    train: Any = None  #: what the generator was trained on
    labels: Any = None  #: the mode of each reference sample
    features: str = AUTO
    weights: Path | None = None  #: of the features' network
    cache: Path | None = None  #: folder of cached features; the user's own unless given
    options: ReadOptions = NO_OPTIONS  #: how reference and training data are read

    def build(self, registry: Registry, device: torch.device, step: Step = no_progress) -> RealData:
        """One of the two; BadParameter where both or neither is named."""
        if self.features != AUTO:
            registry.entry("extractor", parse_call(self.features)[0])
        if self.reference is not None and self.dataset is not None:
            raise BadParameter("what is real? give a dataset's name or a reference, not both")
        if self.reference is None and self.dataset is None:
            raise BadParameter(
                "what is real? give a dataset's name (--dataset ring8) or real samples (--reference PATH)"
            )
        if not isinstance(self.dataset, str | None):
            raise BadParameter(f"dataset = {self.dataset!r}: give its name, such as 'ring8'")
        if self.dataset is None:
            return self.build_reference(registry, device, step)
        return self.build_dataset(self.dataset, registry, device, step)

    def build_dataset(self, text: str, registry: Registry, device: torch.device, step: Step) -> RealData:
        """A dataset, judged in features of its own; its real images in those of a network that is named."""
        if self.labels is not None:
            raise BadParameter(f"dataset '{text}' knows its modes; labels go with a --reference")
        if self.options.modes is not None:
            raise BadParameter(f"dataset '{text}' knows its modes; modes in a column go with a --reference")
        name, values = parse_call(text)
        dataset: Dataset = registry.build("dataset", name, **values)
        if self.weights is None and self.features in (AUTO, dataset.extractor):
            return DatasetRealData(text, dataset, self.training_samples(samples_of(text, dataset)), device)
        if not dataset.spec.is_image:
            raise BadParameter(
                f"dataset '{text}' holds no images and is compared in {dataset.extractor} features: leave --weights "
                "and --features out, or give --reference PATH to compare in others"
            )
        return self.build_in_features(held_out_samples(text, dataset), registry, device, step)

    def build_reference(self, registry: Registry, device: torch.device, step: Step = no_progress) -> ReferenceRealData:
        """Real samples; images are compared in Inception's features unless others are named."""
        opened = open_samples(self.reference, what="reference", options=self.options)
        return self.build_in_features(opened, registry, device, step)

    def build_in_features(
        self, opened: Samples, registry: Registry, device: torch.device, step: Step
    ) -> ReferenceRealData:
        """Real samples in the features of the request."""
        features = features_for(opened, self.features)
        with advising_other_features(opened):
            network = load_extractor(features, registry, weights=self.weights, device=device)
        labels, names = labels_of(opened, self.labels)
        opened = take_at_random(replace(opened, labels=labels), "reference")
        cache = FeatureCache(self.cache, progress=lambda done, total: step("computing features", done, total))
        extract = extract_with(network, cache, device)
        train = self.training_samples(opened)
        return ReferenceRealData(opened, network, extract, labels=opened.labels, names=names, train=train)

    def training_samples(self, like: Samples) -> Samples | None:
        """The training data, where it was given, read like the reference."""
        if self.train is None:
            return None
        opened = open_samples(self.train, what="training data", options=self.options, like=like)
        return take_at_random(opened, "training data")


FEATURES: dict[Kind, str] = {
    "points": "points",
    "images": "inception",
    "series": "series",
    "cloud": "cloud",
    "video": "video",
}
DIGITS = 32  #: pixels a side of the largest grey images that may be digits


def features_for(samples: Samples, features: str) -> str:
    """The extractor's name: the one for samples of this kind, unless told."""
    return features if features != AUTO else FEATURES[samples.kind]


@contextmanager
def advising_other_features(samples: Samples) -> Iterator[None]:
    """MissingWeights says which features need none: those of digits only for what may be digits."""
    try:
        yield
    except MissingWeights as error:
        small = samples.is_image and samples.shape[0] == 1 and samples.shape[1] == samples.shape[2] <= DIGITS
        digits = ", --features classifier if these are digits" if small else ""
        raise MissingWeights(
            f"{error}; without weights{digits} --features points compares the numbers as they are, pixel by pixel, "
            "and does not see what images show"
        ) from error


def extract_with(network: LoadedExtractor, cache: FeatureCache, device: torch.device) -> Extract:
    """Features on the device, from the cache where they are there."""
    return lambda samples, most: cache.features(samples, network, most).to(device)


def labels_of(reference: Samples, labels: Any) -> tuple[Tensor | None, tuple[str, ...]]:
    """The mode of each reference sample and the modes' names: as given, else as the source holds them."""
    if labels is None and reference.labels is None:
        return None, ()
    if reference.count is None:
        raise BadParameter("labels go with a reference of fixed size, not with a generator")
    if labels is None and reference.classes:
        return reference.labels, reference.classes
    if labels is None:
        return open_labels(reference.labels, reference.count)
    return open_labels_of(reference, labels)
