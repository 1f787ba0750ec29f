"""The shipped classifier of 8 x 8 digits: features, classes, and distances to the classes' centres."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from torch import Tensor

from gancheck.classifiers import network
from gancheck.numerics.full_batches import answer_in_full_batches

WEIGHTS = Path(__file__).with_name("digits.safetensors")

#: Images judged at once; a few are filled up to so many.
CHUNK = 1_024


@dataclass(frozen=True)
class DigitClassifier:
    """A trained network whose features are whitened, so that Euclidean distances in them are Mahalanobis distances."""

    weights: network.Weights  #: the network's, and `centres` (10, 64), mean features of the training digits' classes
    facts: dict[str, Any]

    def features(self, x: Tensor) -> Tensor:
        """(n, 64) float32 features of (n, 8, 8) images in [-1, 1]."""
        with torch.no_grad():
            return answer_in_full_batches(partial(network.features, self.weights), x.float(), CHUNK)

    def label(self, features: Tensor) -> Tensor:
        """(n,) int64, the likeliest class."""
        return network.logits(self.weights, features).argmax(dim=1)

    def classes(self, features: Tensor) -> Tensor:
        """(n, 10) probabilities of the classes."""
        return network.logits(self.weights, features).softmax(dim=1)

    def distance(self, features: Tensor, label: Tensor) -> Tensor:
        """(n,) distance from the centre of the labelled class, in shrunken within-class standard deviations."""
        return (features - self.weights["centres"][label]).square().sum(1).sqrt()


@cache
def digit_classifier(device: torch.device) -> DigitClassifier:
    """The classifier that ships with gancheck, on one device; shared, so not to be written to."""
    return load_classifier(WEIGHTS, device)


def load_classifier(path: Path, device: torch.device) -> DigitClassifier:
    """A classifier from its safetensors file; the facts are the file's own, and the SHA-256 of its bytes."""
    with safe_open(path, framework="pt", device=str(device)) as file:
        weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        facts = json.loads(file.metadata()["facts"])
    return DigitClassifier(weights, {**facts, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()})
