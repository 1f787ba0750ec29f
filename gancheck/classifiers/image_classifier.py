"""A trained classifier of images: features, classes, and distances to the classes' centres."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from gancheck.classifiers import image_network as network
from gancheck.errors import BadData, MissingWeights
from gancheck.numerics.full_batches import answer_in_full_batches

#: Images judged at once; a few are filled up to so many.
CHUNK = 256


@dataclass(frozen=True)
class ImageClassifier:
    """A trained network whose features are whitened, so that Euclidean distances in them are Mahalanobis distances."""

    weights: network.Weights  #: float32: the network's, and `centres` (C, 64), mean features of the training classes
    facts: dict[str, Any]

    @property
    def shape(self) -> tuple[int, ...]:
        """(c, h, w) of the images that it knows."""
        return tuple(self.facts["shape"])

    @property
    def class_count(self) -> int:
        """The number C of classes."""
        return len(self.weights["centres"])

    def features(self, x: Tensor) -> Tensor:
        """(n, 64) float32 features of (n, c, h, w) images in [-1, 1]."""
        with torch.no_grad():
            return answer_in_full_batches(partial(network.features, self.weights), x.float(), CHUNK)

    def label(self, features: Tensor) -> Tensor:
        """(n,) int64, the likeliest class."""
        return network.logits(self.weights, features).argmax(dim=1)

    def classes(self, features: Tensor) -> Tensor:
        """(n, C) probabilities of the classes."""
        return network.logits(self.weights, features).softmax(dim=1)

    def distance(self, features: Tensor, label: Tensor) -> Tensor:
        """(n,) distance from the centre of the labelled class, in shrunken within-class standard deviations.

        Infinite where a feature is not finite.
        """
        distance = (features - self.weights["centres"][label]).square().sum(1).sqrt()
        return distance.nan_to_num(nan=torch.inf, posinf=torch.inf)


@cache
def load_classifier(path: Path, device: torch.device) -> ImageClassifier:
    """A classifier from its safetensors file; the facts are the file's own, and the SHA-256 of its bytes.

    Shared, so not to be written to. MissingWeights where there is no file, BadData where it holds something else.
    """
    if not path.is_file():
        raise MissingWeights(f"there is no classifier {path}: {ADVICE}")
    try:
        with safe_open(path, framework="pt", device=str(device)) as file:
            weights = {name: file.get_tensor(name).float() for name in file.keys()}  # noqa: SIM118
            facts = json.loads(file.metadata()["facts"])
        features = network.features(weights, torch.zeros(1, *facts["shape"], device=device))
        if network.logits(weights, features).shape[1:] + features.shape[1:] != weights["centres"].shape:
            raise ValueError("its classes and centres differ")
    except (SafetensorError, KeyError, TypeError, ValueError, RuntimeError) as error:
        raise BadData(f"{path} is no classifier of images: {ADVICE}") from error
    return ImageClassifier(weights, {**facts, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()})


ADVICE = "`python -m gancheck.datasets.images.train_classifier DATASET` trains one"
