"""Images with classes, which are their modes: all that such a dataset needs beside its images and its classifier.

A sample is one image, or several that are stacked along the channels and drawn each by itself; then the mode is the
number that their classes spell (Metz et al., "Unrolled generative adversarial networks", ICLR 2017). A sample's
distance is the root of the summed squares of its images' distances in the classifier's units; the high-quality radius
is the 98.889 % quantile of it over images that neither the classifier nor a GAN was trained on.
"""

from __future__ import annotations

from abc import abstractmethod
from functools import cache, cached_property
from itertools import product
from pathlib import Path
from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.nn.functional import pad

from gancheck.classifiers.image_classifier import ImageClassifier, load_classifier
from gancheck.datasets.base import Assignment, Batch, Dataset, DataSpec, Facet, Pool
from gancheck.datasets.images.calibration import CALIBRATION_DRAWS, Calibration, calibrate
from gancheck.datasets.images.classifier_file import cached_classifier, name_of, training_command
from gancheck.datasets.images.digit_stack import distinct_numbers, draw_rows
from gancheck.datasets.images.image_pools import ImagePools, ImageSet
from gancheck.errors import BadData, MissingWeights

MOST_COPIED = 2**29  #: numbers in a training set that is handed out whole: 2 GiB


class LabelledImages(Dataset):
    """Base of the image datasets: give `load` and `class_names`; the classifier is found, or trained by one command.

    Samples are float32 in [-1, 1] (0 is -1, 255 is 1). Held-out draws have the training classes' shares.
    """

    extractor: ClassVar[str] = "classifier"
    shipped: ClassVar[Path | None] = None  #: the classifier's file, where gancheck ships one for this data
    classifier: str = ""  #: a file to use instead; a dataclass field where users may name one

    @abstractmethod
    def load(self) -> ImagePools:
        """The pools of single images; called once for equal parameters. BadData where the data is not there."""

    @property
    @abstractmethod
    def class_names(self) -> tuple[str, ...]:
        """The names of the classes of single images, in the order of their numbers."""

    @property
    def stack(self) -> int:
        """Images in a sample."""
        return 1

    @property
    def padding(self) -> int:
        """Pixels of background (-1) that are laid around every image; the classifier does not look at them."""
        return 0

    def pools(self, device: torch.device | str = "cpu") -> ImagePools:
        """The pools on a device, padded; shared, so not to be written to."""
        return pools_on(self, torch.device(device))

    def judge(self, device: torch.device | str = "cpu") -> ImageClassifier:
        """The classifier that sets modes and distances; MissingWeights says which command trains it."""
        return judge_of(self, torch.device(device))

    @cached_property
    def classifier_file(self) -> Path:
        """The file that the user names, else the shipped one, else that of these training images in the cache."""
        if self.classifier:
            return Path(self.classifier).expanduser()
        return self.shipped or cached_classifier(type(self), self.load_once().train)

    def load_once(self) -> ImagePools:
        """The pools as `load` gives them; shared, so not to be written to."""
        return loaded(self)

    @property
    def spec(self) -> DataSpec:
        channels, height, width = self.pools().train.x.shape[1:]
        return DataSpec((channels * self.stack, height, width), -1.0, 1.0).with_modes(self.weights)

    @cached_property
    def shares(self) -> Tensor:
        """(C,) float64, the classes' shares in the training set."""
        counts = torch.bincount(self.load_once().train.y, minlength=len(self.class_names))
        return counts.double() / counts.sum()

    @cached_property
    def weights(self) -> Tensor:
        weights = torch.ones(1, dtype=torch.float64)
        for _ in range(self.stack):
            weights = torch.outer(weights, self.shares).flatten()
        return weights

    @property
    def calibration(self) -> Calibration:
        """Radius and spread of held-out samples."""
        return calibration_of(self)

    @property
    def deviations(self) -> Tensor:
        """(C * stack,) float64, measured on the calibration images; group = C * image + class."""
        return self.calibration.deviations

    def draw(self, count: int, generator: torch.Generator) -> Batch:
        train = self.pools(generator.device).train
        rows = draw_rows(len(train.x), (count, self.stack), generator)
        index = rows[:, 0] if self.stack == 1 else torch.full_like(rows[:, 0], -1)
        return Batch(as_samples(train.x[rows]), self.spell(train.y[rows]), index)

    def pool(self, name: Pool, count: int, generator: torch.Generator) -> Tensor:
        images = self.held_out(name, generator.device)
        return as_samples(images.x[self.held_out_rows(images.y, count, generator)])

    def distinct(self, name: Pool, count: int, generator: torch.Generator) -> Tensor:
        return self.distinct_labelled(name, count, generator)[0]

    def distinct_labelled(self, name: Pool, count: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """The modes are those of the images' own classes, so no classifier is needed."""
        x, y = self.held_out(name, generator.device)
        codes = choose_distinct(len(x) ** self.stack, count, generator)
        rows = torch.stack([codes // len(x) ** c % len(x) for c in range(self.stack)], dim=1)
        return as_samples(x[rows]), self.spell(y[rows])

    def held_out(self, name: Pool, device: torch.device) -> ImageSet:
        """One of the pools that nothing is trained on."""
        images: ImageSet = getattr(self.pools(device), name)
        return images

    def held_out_rows(self, y: Tensor, count: int, generator: torch.Generator) -> Tensor:
        """(count, stack) rows with replacement among images of classes y, by the training classes' shares."""
        shares = self.shares.to(y.device)
        chance = (shares / torch.bincount(y, minlength=len(shares)).clamp_min(1))[y]
        return torch.multinomial(chance, count * self.stack, replacement=True, generator=generator).reshape(count, -1)

    def training(self) -> Tensor | None:
        """All training images; None for stacks, whose draws are fresh, and for more than 2 GiB of them."""
        x = self.pools().train.x
        return as_samples(x[:, None]) if self.stack == 1 and x.numel() <= MOST_COPIED else None

    def classes(self, features: Tensor) -> Tensor | None:
        return self.judge(features.device).classes(features) if self.stack == 1 else None

    def features(self, x: Tensor) -> Tensor:
        """(n, 64 * stack) features of the classifier, image after image."""
        single = x.reshape(len(x) * self.stack, -1, *x.shape[2:])
        height, width = (slice(self.padding, size - self.padding) for size in x.shape[2:])
        return self.judge(x.device).features(single[..., height, width]).reshape(len(x), -1)

    def assign(self, features: Tensor) -> Assignment:
        """The classifier's class of every image, spelt as one number; what is not finite is never of high quality."""
        judge = self.judge(features.device)
        single = features.reshape(len(features) * self.stack, -1)
        label = judge.label(single)
        distance = judge.distance(single, label).reshape(-1, self.stack).norm(dim=1)
        return Assignment(self.spell(label.reshape(-1, self.stack)), distance / self.calibration.radius)

    def facets(self, features: Tensor, label: Tensor) -> tuple[Facet, ...]:
        """One an image of the stack: its features, grouped by C * image + class."""
        count = len(self.class_names)
        digits = [label // count ** (self.stack - 1 - c) % count for c in range(self.stack)]
        parts = features.chunk(self.stack, dim=1)
        return tuple(Facet(part, count * c + digits[c]) for c, part in enumerate(parts))

    def spell(self, digits: Tensor) -> Tensor:
        """(n,) modes from the (n, stack) classes of the images."""
        powers = torch.arange(self.stack - 1, -1, -1, device=digits.device)
        return (digits * len(self.class_names) ** powers).sum(1)

    @property
    def names(self) -> tuple[str, ...]:
        """The classes' names; those of a stack side by side."""
        between = "" if all(len(name) == 1 for name in self.class_names) else "-"
        return tuple(between.join(names) for names in product(self.class_names, repeat=self.stack))

    def pictures(self, x: Tensor) -> Tensor:
        """Stacked images from left to right, (n, c, h, w * stack): as colours nobody can read them."""
        return torch.cat(x.chunk(self.stack, dim=1), dim=3)

    @property
    def facts(self) -> dict[str, Any]:
        """The classifier that sets modes and distances: its file's hash, its accuracy, the command that trains it."""
        return {"classifier": dict(self.judge().facts)}


@cache
def loaded(data: LabelledImages) -> ImagePools:
    """Read once a process."""
    return data.load()


@cache
def pools_on(data: LabelledImages, device: torch.device) -> ImagePools:
    """Moved once a process and device."""
    frame = [data.padding] * 4
    moved = (images.to(device) for images in data.load_once())
    return ImagePools(*(ImageSet(pad(x, frame), y) if data.padding else ImageSet(x, y) for x, y in moved))


@cache
def judge_of(data: LabelledImages, device: torch.device) -> ImageClassifier:
    """The classifier, which must know these classes and images of this shape."""
    path, shape = data.classifier_file, tuple(data.load_once().train.x.shape[1:])
    if not (data.classifier or path.is_file()):
        raise MissingWeights(f"{name_of(type(data))} has no classifier yet: `{training_command(data)}` trains it")
    judge = load_classifier(path, device)
    if judge.shape != shape or judge.class_count != len(data.class_names):
        raise BadData(
            f"{path} is a classifier of {judge.class_count} classes of images {judge.shape}, the data has "
            f"{len(data.class_names)} of {shape}: `{training_command(data)}` trains one"
        )
    return judge


@cache
def calibration_of(data: LabelledImages) -> Calibration:
    """Measured once a process, on the CPU, with fixed draws."""
    images = data.load_once().calibration
    rows = data.held_out_rows(images.y, CALIBRATION_DRAWS, torch.Generator().manual_seed(0))
    return calibrate(data.judge(), images, rows, len(data.class_names))


def choose_distinct(size: int, count: int, generator: torch.Generator) -> Tensor:
    """At most `count` different numbers of [0, size) in random order; all are listed where most are asked for."""
    if size <= 4 * count:
        return torch.randperm(size, generator=generator, device=generator.device)[:count]
    return distinct_numbers(size, count, generator)


def as_samples(x: Tensor) -> Tensor:
    """(n, stack * c, h, w) float32 in [-1, 1] from (n, stack, c, h, w) uint8."""
    return x.flatten(1, 2).float() / 127.5 - 1
