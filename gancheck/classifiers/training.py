"""How a classifier is trained: to classify, to reject what is no digit, and to remember what a digit looks like."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, mse_loss, softplus

from gancheck.classifiers import network
from gancheck.classifiers.augmentation import grain, warp
from gancheck.classifiers.negatives import outliers
from gancheck.classifiers.network import CLASSES, FEATURES, LAST, PIXELS, Weights

STEPS = 2_500
BATCH = 128
RATE = 2e-3
DECAY = 0.05
SMOOTHING = 0.1
REJECTION = 2.0  #: weight of telling digits from outliers
MEMORY = 1.0  #: weight of drawing the image again from its features, so that they keep its style and not its class only
SHRINKAGE = 0.5  #: of the within-class covariance towards a multiple of the identity
HELPERS = ("reject", "recall")  #: layers that only training needs


def train(x: Tensor, y: Tensor, generator: torch.Generator, steps: int = STEPS) -> Weights:
    """A network with whitened features, and `centres` (10, 64), from (n, 8, 8) digits and their (n,) classes."""
    weights = network.fresh(generator)
    for name, outputs in zip(HELPERS, (1, PIXELS), strict=True):
        weights |= network.layer(name, FEATURES, outputs, generator)
    weights = fit(weights, x, y, generator, steps)
    kept = {name: w for name, w in weights.items() if name.partition(".")[0] not in HELPERS}
    white = whiten(kept, x, y)
    return {**white, "centres": centres(network.features(white, x), y)}


def fit(weights: Weights, x: Tensor, y: Tensor, generator: torch.Generator, steps: int) -> Weights:
    """The weights after training."""
    parameters = [w.requires_grad_() for w in weights.values()]
    optimiser = torch.optim.AdamW(parameters, lr=RATE, weight_decay=DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, steps)
    for _ in range(steps):
        rows = torch.randint(len(x), (BATCH,), generator=generator)
        warped, clean = grain(warp(x[rows], generator), generator), grain(x[rows], generator)
        optimiser.zero_grad()
        torch.autograd.backward(loss(weights, warped, clean, y[rows], outliers(x, y, BATCH, generator)))
        optimiser.step()
        schedule.step()
    return {name: w.detach() for name, w in weights.items()}


def loss(weights: Weights, warped: Tensor, clean: Tensor, y: Tensor, odd: Tensor) -> Tensor:
    """Scalar loss for warped and clean digits of classes `y` and for outliers.

    Warping blurs a little, so warped digits take no side in telling digits from outliers.
    """
    images = torch.cat([warped, clean, odd])
    features = network.features(weights, images)
    of_digits, n = features[: 2 * len(y)], len(y)
    doubt = network.apply(weights, "reject", features[n:])
    classify = cross_entropy(network.logits(weights, of_digits), y.repeat(2), label_smoothing=SMOOTHING)
    reject = softplus(doubt[:n]).mean() + softplus(-doubt[n:]).mean()
    recall = mse_loss(network.apply(weights, "recall", of_digits), images[: 2 * n].flatten(1))
    return 2 * classify + REJECTION * reject + MEMORY * recall


def centres(features: Tensor, y: Tensor) -> Tensor:
    """(10, 64) mean features of each class."""
    return torch.stack([features[y == c].mean(0) for c in range(CLASSES)])


def whiten(weights: Weights, x: Tensor, y: Tensor) -> Weights:
    """The same logits from features turned so that their shrunken within-class covariance is the identity."""
    features = network.features(weights, x).double()
    residual = features - centres(features, y)[y]
    covariance = residual.T @ residual / len(x)
    target = covariance.trace() / FEATURES * torch.eye(FEATURES, dtype=torch.float64)
    root = torch.linalg.cholesky(torch.lerp(covariance, target, SHRINKAGE))
    last = torch.cat([weights[f"{LAST}.weight"], weights[f"{LAST}.bias"][:, None]], dim=1).double()
    last = torch.linalg.solve_triangular(root, last, upper=False).float()
    head = (weights["head.weight"].double() @ root).float()
    turned = {f"{LAST}.weight": last[:, :-1].contiguous(), f"{LAST}.bias": last[:, -1].contiguous()}
    return {**weights, **turned, "head.weight": head}
