"""The classifier's network: a perceptron from 64 pixels to 64 features to 10 classes, as functions of named weights."""

from __future__ import annotations

import math
from itertools import pairwise

import torch
from torch import Tensor
from torch.nn.functional import linear

PIXELS = 64
WIDTH = 224
FEATURES = 64
CLASSES = 10

Weights = dict[str, Tensor]  #: "<layer>.weight" (out, in) and "<layer>.bias" (out,), layers 0, 1, 2 and head

HIDDEN = ("0", "1")
LAST = "2"


def features(weights: Weights, x: Tensor) -> Tensor:
    """(n, 64) features of (n, 8, 8) images in [-1, 1]."""
    h = x.flatten(1)
    for name in HIDDEN:
        h = apply(weights, name, h).relu()
    return apply(weights, LAST, h)


def logits(weights: Weights, features: Tensor) -> Tensor:
    """(n, 10) logits of the classes."""
    return apply(weights, "head", features)


def apply(weights: Weights, name: str, x: Tensor) -> Tensor:
    """One layer without its activation."""
    return linear(x, weights[f"{name}.weight"], weights[f"{name}.bias"])


def layer(name: str, inputs: int, outputs: int, generator: torch.Generator) -> Weights:
    """Fresh weights (He et al., ICCV 2015) and offsets of zero."""
    weight = torch.randn(outputs, inputs, generator=generator) * math.sqrt(2 / inputs)
    return {f"{name}.weight": weight, f"{name}.bias": torch.zeros(outputs)}


def fresh(generator: torch.Generator) -> Weights:
    """An untrained network."""
    weights = layer("head", FEATURES, CLASSES, generator)
    for depth, (inputs, outputs) in enumerate(pairwise((PIXELS, WIDTH, WIDTH, FEATURES))):
        weights |= layer(str(depth), inputs, outputs, generator)
    return weights
