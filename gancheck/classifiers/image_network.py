"""The classifier's network for images of any size: convolutions that halve the image, 64 features, C classes.

Between the halvings there may be residual blocks, which start as the identity (Zhang, Dauphin & Ma, "Fixup
initialization", ICLR 2019); nothing is normalised, so an image's features do not depend on its company. Functions of
named weights: "down0", "down1", ..., "block0.a", "block0.b", ... (after down0), "last" and "head".
"""

from __future__ import annotations

import math
from itertools import count

import torch
from torch import Tensor
from torch.nn.functional import conv2d, linear

FEATURES = 64
LAST = "last"

Weights = dict[str, Tensor]  #: "<layer>.weight" and "<layer>.bias"


def features(weights: Weights, x: Tensor) -> Tensor:
    """(n, 64) features of images (n, c, h, w) in [-1, 1]."""
    h = x
    for depth in count():
        if f"down{depth}.weight" not in weights:
            return apply(weights, LAST, h.flatten(1))
        h = convolve(weights, f"down{depth}", h, stride=2).relu()
        if f"block{depth}.a.weight" in weights:
            inner = convolve(weights, f"block{depth}.a", h).relu()
            h = (h + convolve(weights, f"block{depth}.b", inner)).relu()
    raise AssertionError("unreachable")


def logits(weights: Weights, features: Tensor) -> Tensor:
    """(n, C) logits of the classes."""
    return apply(weights, "head", features)


def convolve(weights: Weights, name: str, x: Tensor, stride: int = 1) -> Tensor:
    """One 3 x 3 convolution without its activation."""
    return conv2d(x, weights[f"{name}.weight"], weights[f"{name}.bias"], stride=stride, padding=1)


def apply(weights: Weights, name: str, x: Tensor) -> Tensor:
    """One dense layer without its activation."""
    return linear(x, weights[f"{name}.weight"], weights[f"{name}.bias"])


def layer(name: str, shape: tuple[int, ...], generator: torch.Generator) -> Weights:
    """Fresh weights (He et al., ICCV 2015) of a shape (out, in, ...), and offsets of zero."""
    weight = torch.randn(shape, generator=generator) * math.sqrt(2 / math.prod(shape[1:]))
    return {f"{name}.weight": weight, f"{name}.bias": torch.zeros(shape[0])}


def fresh(
    shape: tuple[int, ...], classes: int, widths: tuple[int, ...], has_blocks: bool, generator: torch.Generator
) -> Weights:
    """An untrained network for images (c, h, w), with so many channels after each halving."""
    channels, height, width = shape
    weights = layer("head", (classes, FEATURES), generator)
    for depth, outputs in enumerate(widths):
        weights |= layer(f"down{depth}", (outputs, channels, 3, 3), generator)
        if has_blocks:
            weights |= layer(f"block{depth}.a", (outputs, outputs, 3, 3), generator)
            weights |= {
                name: 0 * w for name, w in layer(f"block{depth}.b", (outputs, outputs, 3, 3), generator).items()
            }
        channels, height, width = outputs, (height + 1) // 2, (width + 1) // 2
    return weights | layer(LAST, (FEATURES, channels * height * width), generator)
