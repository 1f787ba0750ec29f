"""Layers of the discriminator, packs, and priors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from benchmarks.strategies.parity.checkouts import PeerFile
from benchmarks.strategies.parity.compare import Comparison
from benchmarks.strategies.parity.games import Pair, held, layers, opened, ours, played
from benchmarks.strategies.parity.objectives import AS_TF, TORCHGAN
from benchmarks.strategies.parity.penalties_at_data import STYLE
from benchmarks.strategies.parity.tensorflow_names import tf
from gancheck.testing.open_game import OpenGame


def with_layer(d: OpenGame, layer: Callable[[Tensor], Tensor]) -> Pair:
    """Ours, and cross entropy of our discriminator with another layer before its head."""
    *body, _, head = layers(d)

    def logits(x: Tensor) -> Tensor:
        found: Tensor = head(layer(nn.Sequential(*body)(x))).flatten()
        return found

    return ours(d), played(d, softplus(-logits(d.x)).mean() + softplus(logits(d.samples)).mean())


def closeness(file: PeerFile) -> Iterator[Pair]:
    """torchgan's minibatch discrimination with our tensor."""
    d = opened("minibatch-discrimination(kernels=16)")
    tensor = held(layers(d)[-2])["tensor"]
    layer = file.take("MinibatchDiscrimination1d").MinibatchDiscrimination1d(len(tensor), 16, 5)
    layer.T = tensor  # the very parameter of ours
    yield with_layer(d, layer)


def style_deviation(file: PeerFile) -> Iterator[Pair]:
    """StyleGAN2's layer over two groups of four, for features as maps of one pixel."""
    quiet = SimpleNamespace(suppress_tracer_warnings=nullcontext)
    layer = file.take("MinibatchStdLayer", misc=quiet).MinibatchStdLayer(4)
    yield with_layer(opened("minibatch-std", batch=8), lambda h: layer(h[:, :, None, None]).flatten(1))


def progressive_deviation(file: PeerFile) -> Iterator[Pair]:
    """The authors' layer likewise."""
    layer = file.take("minibatch_stddev_layer", tf=tf).minibatch_stddev_layer
    yield with_layer(opened("minibatch-std", batch=8), lambda h: layer(h[:, :, None, None]).flatten(1))


def packs(file: PeerFile) -> Iterator[Pair]:
    """The packs of a script that joins sample i with sample i + n; it is given our neighbours in that order."""
    d = opened("pacgan")

    def joined(x: Tensor) -> Tensor:
        images = torch.cat([x[0::2], x[1::2]]).detach()
        into = torch.empty(len(x) // 2, 2 * x.shape[1])
        file.run("x.data.copy_(torch.cat([images", x=into, images=images, current_batch_size=len(into))
        return into

    real, fake = (d.discriminator(joined(x)) for x in (d.x, d.samples))
    yield ours(d), played(d, softplus(-real).mean() + softplus(fake).mean())


def mixture(file: PeerFile) -> Iterator[Pair]:
    """DeLiGAN's toy script: one component for each row of a batch of as many rows as components."""
    d = opened("deligan", "generator", batch=50)
    d.game.code = torch.arange(50)
    prior = d.modules["prior"]
    given: dict[str, Any] = {"z": d.z, "zin": prior.mu, "zsig": prior.sigma, "tf": tf}
    latents = file.run("inp = tf.add(zin", **given).inp
    logits = d.discriminator(d.generator(latents))
    yield ours(d), played(d, file.run("sig_loss =", "gloss =", "gloss1 =", D_fake_logit=logits, **given).gloss1)


COMPARISONS = (
    Comparison(
        "minibatch-discrimination",
        TORCHGAN,
        "torchgan/layers/minibatchdiscrimination.py",
        "Nothing but how it starts: its tensor is N(0, 1), ours N(0, 1 / features), without which distances grow with "
        "the layer's width and every closeness underflows. It also has 16 numbers a kernel, ours and the paper 5.",
        "both",
        closeness,
    ),
    Comparison(
        "minibatch-discrimination",
        "openai/improved-gan",
        "mnist_svhn_cifar10/nn.py",
        "The same sum over the others. The authors' layer normalises each kernel's weights, scales them by a first "
        "batch so that the nearest neighbour is half a unit away, and learns that scale and a bias of -1. The paper "
        "has none of this, nor has ours.",
        "both; the paper tells less than its code",
    ),
    Comparison(
        "minibatch-std",
        STYLE,
        "training/networks.py",
        "Nothing where 4 divides the batch. Where it does not, its reshape fails, ours takes the batch as one group.",
        "both",
        style_deviation,
    ),
    Comparison(
        "minibatch-std",
        "tkarras/progressive_growing_of_gans",
        "networks.py",
        "The same. It stands before the last convolution, ours before the last layer.",
        "both",
        progressive_deviation,
        AS_TF,
    ),
    Comparison(
        "pacgan",
        "AlexiaJM/RelativisticGAN",
        "code/GAN_losses_iter_PAC.py",
        "It packs sample i with sample i + n, ours neighbours; rows are independent, so that packs are the same in "
        "law. It was given our rows in its order.",
        "both",
        packs,
    ),
    Comparison(
        "pacgan",
        "fjxmlzn/PacGAN",
        "synthetic_data_experiments/2DRing_GAN&PacGAN/pacgan_task.py",
        "The same: m independent batches joined along features, so n packs a step. Its discriminator alone is widened "
        "at the input, as ours.",
        "both",
    ),
    Comparison(
        "deligan",
        "val-iisc/deligan",
        "src/Toy/dg_toy.py",
        "Nothing where every component is drawn once, which is its batch: as many rows as components. The paper and "
        "ours draw components. Its sigma starts at 0.02 and weighs (sigma - 1)^2 by 0.1, as ours.",
        "both",
        mixture,
        AS_TF,
        single=True,
    ),
    Comparison(
        "dropout",
        "openai/improved-gan",
        "mnist_svhn_cifar10/train_cifar_minibatch_discrimination.py",
        "It drops half of the units behind two of its strided convolutions, ours behind every activation; both at p = "
        "0.5 and only in the discriminator.",
        "both; there is no one place",
    ),
    Comparison(
        "instance-noise",
        "openai/improved-gan",
        "mnist_svhn_cifar10/train_cifar_minibatch_discrimination.py",
        "Its noise on the discriminator's input is N(0, 0.2^2) throughout; Sonderby et al. let it fall, as ours does.",
        "ours, by the paper that it cites",
    ),
)
