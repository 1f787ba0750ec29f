"""How a classifier of images is trained: to classify, to reject what is no such image, and to remember what it saw."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, mse_loss, softplus

from gancheck.classifiers import image_network as network
from gancheck.classifiers.image_augmentation import grain, warp
from gancheck.classifiers.image_negatives import outliers
from gancheck.classifiers.image_network import FEATURES, LAST, Weights
from gancheck.classifiers.training import BATCH, DECAY, HELPERS, MEMORY, SHRINKAGE, SMOOTHING
from gancheck.system.progress import Step, no_progress

RATE = 2e-3
REJECTION = 4.0  #: weight of telling images from outliers
SAMPLE = 20_000  #: images at most that features are whitened by and centres are means of


@dataclass(frozen=True)
class Plan:
    """Size of the network and length of the training."""

    widths: tuple[int, ...] = (32, 64, 128)  #: channels after each halving of the image
    blocks: bool = False  #: whether a residual block follows each halving
    steps: int = 5_000


SMALL = Plan()  #: grey images: minutes on one core
LARGE = Plan(widths=(64, 128, 256), blocks=True, steps=20_000)  #: 30,000 colour images or more: for a GPU


def choose_plan(x: Tensor) -> Plan:
    """For (n, c, h, w) training images: small networks for grey ones, large ones for colour.

    These take two steps for every three images, at least as many as grey ones and at most 20,000.
    """
    if x.shape[1] == 1:
        return SMALL
    return replace(LARGE, steps=min(LARGE.steps, max(SMALL.steps, 2 * len(x) // 3)))


def train(
    x: Tensor,
    y: Tensor,
    classes: int,
    plan: Plan,
    generator: torch.Generator,
    device: torch.device,
    on_step: Step = no_progress,
) -> Weights:
    """A network with whitened features, and `centres` (C, 64), from (n, c, h, w) uint8 images and their (n,) classes.

    All randomness comes from the generator, which is on the CPU.
    """
    weights = network.fresh(tuple(x.shape[1:]), classes, plan.widths, plan.blocks, generator)
    for name, outputs in zip(HELPERS, (1, math.prod(x.shape[1:])), strict=True):
        weights |= network.layer(name, (outputs, FEATURES), generator)
    weights = fit({name: w.to(device) for name, w in weights.items()}, x, y, plan.steps, generator, on_step)
    kept = {name: w for name, w in weights.items() if name.partition(".")[0] not in HELPERS}
    some = torch.randperm(len(x), generator=generator)[:SAMPLE]
    return whiten(kept, scaled(x[some]).to(device), y[some].to(device), classes)


def scaled(x: Tensor) -> Tensor:
    """uint8 images as float32 in [-1, 1]."""
    return x.float() / 127.5 - 1


def fit(
    weights: Weights, x: Tensor, y: Tensor, steps: int, generator: torch.Generator, on_step: Step = no_progress
) -> Weights:
    """The weights after training."""
    device = weights["head.weight"].device
    parameters = [w.requires_grad_() for w in weights.values()]
    optimiser = torch.optim.AdamW(parameters, lr=RATE, weight_decay=DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, steps)
    for step in range(steps):
        images, labels = draw_batch(x, y, generator)
        optimiser.zero_grad()
        torch.autograd.backward(loss(weights, images.to(device), labels.to(device)))
        optimiser.step()
        schedule.step()
        on_step("training the classifier", step + 1, steps)
    return {name: w.detach() for name, w in weights.items()}


def draw_batch(x: Tensor, y: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """(3 n, c, h, w): n images warped, the same ones clean, and n outliers; and the (n,) classes."""
    rows = torch.randint(len(x), (4 * BATCH,), generator=generator)
    source = scaled(x[rows])  # outliers are made from a few more images than the batch has
    clean, odd = source[:BATCH], outliers(source, y[rows], BATCH, generator)
    return torch.cat([grain(warp(clean, generator), generator), grain(clean, generator), odd]), y[rows[:BATCH]]


def loss(weights: Weights, images: Tensor, y: Tensor) -> Tensor:
    """Scalar loss for warped and clean images of classes `y` and for outliers.

    Warping blurs a little, so warped images take no side in telling images from outliers.
    """
    features, n = network.features(weights, images), len(y)
    of_images = features[: 2 * n]
    doubt = network.apply(weights, "reject", features[n:])
    classify = cross_entropy(network.logits(weights, of_images), y.repeat(2), label_smoothing=SMOOTHING)
    reject = softplus(doubt[:n]).mean() + softplus(-doubt[n:]).mean()
    recall = mse_loss(network.apply(weights, "recall", of_images), images[: 2 * n].flatten(1))
    return 2 * classify + REJECTION * reject + MEMORY * recall


def centres(features: Tensor, y: Tensor, classes: int) -> Tensor:
    """(C, 64) mean features of each class."""
    return torch.stack([features[y == c].mean(0) for c in range(classes)])


def whiten(weights: Weights, x: Tensor, y: Tensor, classes: int) -> Weights:
    """The same logits from features turned so that their shrunken within-class covariance is the identity; centres."""
    with torch.no_grad():
        features = torch.cat([network.features(weights, part) for part in torch.split(x, 500)]).double()
    residual = features - centres(features, y, classes)[y]
    covariance = residual.T @ residual / len(x)
    target = covariance.trace() / FEATURES * torch.eye(FEATURES, dtype=torch.float64, device=x.device)
    root = torch.linalg.cholesky(torch.lerp(covariance, target, SHRINKAGE))
    last = torch.cat([weights[f"{LAST}.weight"], weights[f"{LAST}.bias"][:, None]], dim=1).double()
    last = torch.linalg.solve_triangular(root, last, upper=False).float()
    white = torch.linalg.solve_triangular(root, features.T, upper=False).T
    head = (weights["head.weight"].double() @ root).float()
    turned = {f"{LAST}.weight": last[:, :-1].contiguous(), f"{LAST}.bias": last[:, -1].contiguous()}
    return {**weights, **turned, "head.weight": head, "centres": centres(white, y, classes).float()}
