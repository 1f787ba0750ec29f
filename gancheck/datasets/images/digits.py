"""Handwritten digits, 8 x 8: the smallest images with modes that mean something."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from gancheck.classifiers.digit_classifier import digit_classifier
from gancheck.datasets.base import dataset
from gancheck.datasets.images.digit_pools import digits
from gancheck.datasets.images.digit_stack import DigitStack


@dataset("digits")
@dataclass(frozen=True)
class Digits(DigitStack):
    """One handwritten digit of scikit-learn's 1,797 as (1, 8, 8) in [-1, 1]; ten equal modes, the classes."""

    @property
    def channels(self) -> int:
        return 1

    def training(self) -> Tensor:
        return digits("train").x[:, None]

    def classes(self, features: Tensor) -> Tensor:
        return digit_classifier(features.device).classes(features)

    def index(self, rows: Tensor) -> Tensor:
        return rows[:, 0]
