"""Extractors by name."""

from __future__ import annotations

from pathlib import Path

import torch

from gancheck.errors import BadParameter, UnknownName, did_you_mean
from gancheck.extractors.base import Extractor
from gancheck.extractors.fidelity import fidelity
from gancheck.extractors.judge import DigitJudge
from gancheck.extractors.points import Points

CLIP = ("rn50", "rn101", "rn50x4", "rn50x16", "rn50x64", "vit-b-32", "vit-b-16", "vit-l-14", "vit-l-14-336px")
DINOV2 = ("vit-s-14", "vit-b-14", "vit-l-14", "vit-g-14")

#: Every extractor, with a sentence.
NAMES = {
    "points": "Coordinates, or pixels, as they are.",
    "judge": "The shipped judge of 8 x 8 digits, channel by channel; 64 features each.",
    "inception": "Inception-v3 of 2015, as in published FIDs; 2048 features (95 MB of weights).",
    "vgg16": "VGG16, as in published precision and recall; 4096 features (528 MB of weights).",
    **{f"clip-{model}": f"CLIP's image encoder {model}." for model in CLIP},
    **{f"dinov2-{model}": f"DINOv2 {model}, code and weights by torch.hub." for model in DINOV2},
}


def extractor(name: str, *, weights: Path | None = None, device: str | torch.device = "cpu") -> Extractor:
    """The extractor of that name, ready for use, with the weights in a file where one is given.

    Raises UnknownName; MissingWeights where weights are neither here nor to be had; BadData where a file is no weights
    of that network; BadParameter where weights are given to one that takes none.
    """
    if name not in NAMES:
        raise UnknownName(f"unknown features '{name}'.{did_you_mean(name, NAMES)} There are: {', '.join(NAMES)}")
    if name not in ("points", "judge"):
        return fidelity(name, weights, device)
    if weights is not None:
        raise BadParameter(f"features '{name}' take no weights: leave --weights out, or name a network's features")
    return Points() if name == "points" else DigitJudge(device)
