"""Terms that are added to a loss, and bounds on weights."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

import gancheck as gc
from benchmarks.strategies.parity.checkouts import PeerFile
from benchmarks.strategies.parity.compare import Run
from benchmarks.strategies.parity.games import Pair, Played, answer, drawing, flat, images, judge, opened, ours, played
from benchmarks.strategies.parity.tensorflow_names import tf
from gancheck.testing.open_game import OpenGame

STABILITY, STABILITY_FILE = "LMescheder/GAN_stability", "gan_training/train.py"
R3GAN, R3GAN_FILE = "brownvc/R3GAN", "R3GAN/Trainer.py"


def cross_entropy(d: OpenGame) -> Tensor:
    """The untreated discriminator's loss."""
    return softplus(-d.real).mean() + softplus(d.fake).mean()


def critic(d: OpenGame) -> Tensor:
    """The Wasserstein critic's loss without a penalty."""
    return d.fake.mean() - d.real.mean()


def mixing(d: OpenGame) -> Tensor:
    """(n, 1) our mixing weights, once the loss was asked for."""
    return d.game.noise.tensors["wgan-gp#1"].reshape(-1, 1)


def points_on_segments(file: PeerFile) -> Iterator[Pair]:
    """The toy script's penalty, its LAMBDA 10."""
    d = opened("wgan-gp")
    mine, n = ours(d), len(d.x)
    penalty = file.take("calc_gradient_penalty", BATCH_SIZE=n, LAMBDA=10, use_cuda=False).calc_gradient_penalty
    with drawing(rand=[mixing(d)]):
        yield mine, played(d, critic(d) + penalty(d.discriminator, d.x, d.samples.detach()))


def stability_segments(file: PeerFile) -> Iterator[Pair]:
    """GAN stability's penalty; its weight is that of the generated sample."""
    d = opened("wgan-gp")
    mine = ours(d)
    me = SimpleNamespace(discriminator=judge(d))
    regulariser = file.take("compute_grad2", "Trainer.wgan_gp_reg").wgan_gp_reg
    with drawing(rand=[1 - mixing(d).flatten()]):
        penalty = regulariser(me, images(d.x), images(d.samples), torch.zeros(len(d.x)))
    yield mine, played(d, critic(d) + 10 * penalty)


def studio_segments(file: PeerFile) -> Iterator[Pair]:
    """StudioGAN's penalty, its weight 10."""
    d = opened("wgan-gp")
    mine = ours(d)
    penalty = file.take("cal_deriv", "cal_grad_penalty").cal_grad_penalty
    with drawing(rand=[mixing(d)]):
        found = penalty(images(d.x), None, images(d.samples), answer(d), "cpu")
    yield mine, played(d, critic(d) + 10 * found)


def mimicry_segments(file: PeerFile) -> Iterator[Pair]:
    """mimicry's penalty; it wants three channels, so these are points in space."""
    d = opened("wgan-gp", data=gc.DataSpec((3,)))
    mine = ours(d)
    penalty = file.take("WGANGPBaseDiscriminator.compute_gradient_penalty_loss").compute_gradient_penalty_loss
    me = SimpleNamespace(forward=judge(d))
    with drawing(rand=[mixing(d)]):
        yield mine, played(d, critic(d) + penalty(me, images(d.x), images(d.samples)))


def torchgan_segments(file: PeerFile) -> Iterator[Pair]:
    """torchgan's penalty at our points."""
    d = opened("wgan-gp")
    mine = ours(d)
    at = (mixing(d) * d.x + (1 - mixing(d)) * d.samples).detach().requires_grad_()
    penalty = file.take("wasserstein_gradient_penalty", reduce=lambda x, how: getattr(x, how)())
    yield mine, played(d, critic(d) + 10 * penalty.wasserstein_gradient_penalty(at, d.discriminator(at)))


def pushes(d: OpenGame) -> tuple[Tensor, Tensor]:
    """The whole push of each real sample, and the share of it that is gone, once the loss was asked for."""
    drawn = d.game.noise.tensors
    return 0.5 * d.x.std(correction=0) * drawn["dragan#1"], drawn["dragan/share#1"]


def studio_neighbourhood(file: PeerFile) -> Iterator[Pair]:
    """StudioGAN's DRAGAN."""
    d = opened("dragan")
    mine, drawn = ours(d), d.game.noise.tensors
    penalty = file.take("cal_deriv", "cal_dra_penalty").cal_dra_penalty
    with drawing(rand=[drawn["dragan/share#1"].reshape(-1, 1, 1, 1), images(drawn["dragan#1"])]):
        found = penalty(images(d.x), None, answer(d), "cpu")
    yield mine, played(d, cross_entropy(d) + 10 * found)


def torchgan_neighbourhood(file: PeerFile) -> Iterator[Pair]:
    """torchgan's penalty at our points."""
    d = opened("dragan")
    mine, (push, share) = ours(d), pushes(d)
    at = (d.x + share * push).detach().requires_grad_()
    penalty = file.take("dragan_gradient_penalty", reduce=lambda x, how: getattr(x, how)())
    yield mine, played(d, cross_entropy(d) + 10 * penalty.dragan_gradient_penalty(at, d.discriminator(at)))


def authors_neighbourhood(file: PeerFile) -> Iterator[Pair]:
    """The authors' notebook, with our push and share."""
    d = opened("dragan")
    mine, (push, alpha) = ours(d), pushes(d)
    starts = ("differences =", "interpolates =", "gradients =", "slopes =", "gradient_penalty =", "disc_cost +=")
    here = {"X": d.x.detach().requires_grad_(), "X_p": d.x + push, "alpha": alpha, "lambd": 10}
    found = file.run(*starts, tf=tf, discriminator=d.discriminator, disc_cost=cross_entropy(d), **here)
    yield mine, played(d, found.disc_cost)


def stability_step(recipe: str, kind: str, weight: float) -> Run:
    """One whole step of GAN stability's trainer, without the optimiser."""

    def run(file: PeerFile) -> Iterator[Pair]:
        d = opened(recipe)
        mine = ours(d)
        step = file.take("toggle_grad", "compute_grad2", "Trainer.discriminator_trainstep").discriminator_trainstep
        me: Any = SimpleNamespace(reg_type=kind, reg_param=weight, gan_type="standard", discriminator=Called(d))
        me.generator, me.d_optimizer = Called(d, "generator"), SimpleNamespace(zero_grad=list, step=list)
        losses = file.take("Trainer.compute_loss").compute_loss
        me.compute_loss = lambda logits, target: losses(me, logits, target)
        total, term = step(me, images(d.x), torch.zeros(len(d.x)), d.z)
        loss = torch.tensor(total + term) if kind == "real" else None  # of two terms it tells the last only
        yield mine, Played(loss, flat(weight.grad for weight in d.discriminator.parameters()))

    return run


class Called(nn.Module):
    """A player of ours, called as GAN stability calls its own."""

    def __init__(self, d: OpenGame, name: str = "discriminator") -> None:
        super().__init__()
        self.inner, self.makes = d.modules[name], name == "generator"

    def forward(self, x: Tensor, _: Tensor) -> Tensor:
        found: Tensor = self.inner(x.flatten(1))
        return found[:, :, None, None] if self.makes else found.flatten()
