"""The high-quality radius, and real data's spread inside it, from images that nothing was trained on."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from gancheck.classifiers.image_classifier import ImageClassifier
from gancheck.datasets.base import HIGH_QUALITY_MASS
from gancheck.datasets.images.image_pools import ImageSet

CALIBRATION_DRAWS = 30_000  #: samples that settle it


class Calibration(NamedTuple):
    """What the calibration images settle."""

    radius: float  #: in the classifier's units
    deviations: Tensor  #: (C * stack,) float64


def calibrate(judge: ImageClassifier, images: ImageSet, rows: Tensor, classes: int) -> Calibration:
    """Radius and spread of samples that are the images of `rows` (n, stack)."""
    features = judge.features(images.x.float() / 127.5 - 1)
    label = judge.label(features)
    distance = judge.distance(features, label)[rows].norm(dim=1)
    radius = float(distance.double().quantile(HIGH_QUALITY_MASS))
    good = rows[distance <= radius]
    return Calibration(radius, torch.cat([spread(features[c], label[c], classes) for c in good.unbind(1)]))


def spread(features: Tensor, label: Tensor, classes: int) -> Tensor:
    """(C,) float64 RMS deviation per feature inside each class; a class without two different samples gets the mean of
    the others, and 1, which is the classifier's unit, where there are no others."""
    x = features.double()
    counts = torch.bincount(label, minlength=classes).double()
    mean = x.new_zeros(classes, x.shape[1]).index_add(0, label, x) / counts[:, None]
    squares = torch.zeros_like(counts).index_add(0, label, (x - mean[label]).square().mean(1))
    deviation = (squares / counts).sqrt()
    known = deviation > 0
    return torch.where(known, deviation, deviation[known].mean() if known.any() else 1.0)
