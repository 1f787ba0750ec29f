"""Slopes at the data themselves, spectral normalisation, and mode seeking."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace

import torch
from torch import nn
from torch.nn.functional import softplus

from benchmarks.strategies.parity.checkouts import PeerFile
from benchmarks.strategies.parity.games import Pair, Played, answer, flat, images, judge, layers, opened, ours, played
from benchmarks.strategies.parity.penalties import (
    cross_entropy,
)
from gancheck.testing.open_game import OpenGame

STYLE = "NVlabs/stylegan2-ada-pytorch"


def studio_r1(file: PeerFile) -> Iterator[Pair]:
    """StudioGAN's R1, its weight our gamma."""
    d = opened("r1")
    at = images(d.x).requires_grad_()
    penalty = file.take("cal_deriv", "cal_r1_reg").cal_r1_reg(answer(d)(at)["adv_output"], at, "cpu")
    yield ours(d), played(d, cross_entropy(d) + 10 * penalty)


def style_r1(file: PeerFile) -> Iterator[Pair]:
    """StyleGAN2's R1, its r1_gamma our gamma."""
    d = opened("r1")
    at = images(d.x).requires_grad_()
    given = {"real_logits": judge(d)(at), "real_img_tmp": at, "self": SimpleNamespace(r1_gamma=10.0)}
    found = file.run("r1_grads =", "r1_penalty =", "loss_Dr1 = r1", **given)
    yield ours(d), played(d, cross_entropy(d) + found.loss_Dr1.mean())


def r3gan(file: PeerFile) -> Iterator[Pair]:
    """One whole turn of each player of R3GAN."""
    take = file.take("AdversarialTraining")
    for phase in ("discriminator", "generator"):
        d = opened("rpgan+r1r2", phase)
        mine = ours(d)
        trainer = take.AdversarialTraining(lambda z, _, d=d: d.generator(z)[:, :, None, None], plain(d))
        if phase == "discriminator":
            parts = trainer.AccumulateDiscriminatorGradients(d.z, images(d.x), None, 1.0)
            total = (parts[0] + 0.5 * (parts[2] + parts[3])).mean()
        else:
            total = trainer.AccumulateGeneratorGradients(d.z, images(d.x), None)[0].mean()
        yield mine, Played(total, flat(weight.grad for weight in d.modules[phase].parameters()))


def plain(d: OpenGame) -> Callable[..., torch.Tensor]:
    """Flat logits of images of one pixel."""
    return lambda x, _: d.discriminator(x.flatten(1)).flatten()


def mode_seeking(file: PeerFile) -> Iterator[Pair]:
    """The term of the authors' DCGAN over the batch's halves."""
    d = opened("mode-seeking", "generator")
    (z, z2), (x, x2) = d.z.chunk(2), d.samples.chunk(2)
    me = SimpleNamespace(fake_image1=x, fake_image2=x2, z_random=z, z_random2=z2)
    file.within("update_G").run("lz =", "eps =", "self.loss_lz =", self=me)
    yield ours(d), played(d, softplus(-d.fake).mean() + me.loss_lz)


def mimicry_norm(file: PeerFile) -> Iterator[Pair]:
    """mimicry's layers with our weights and our vectors."""
    d = opened("spectral-norm")
    layer = file.take("SpectralNorm", "SNLinear").SNLinear
    yield from normalised(d, lambda old, u: loaded(layer(old.in_features, old.out_features), old, u))


def loaded(layer: nn.Module, old: nn.Linear, u: torch.Tensor) -> nn.Module:
    """A layer of mimicry's that holds the very parameters of ours."""
    layer.weight, layer.bias, layer.sn_u = old.weight, old.bias, u[None]
    layer.eval()
    return layer  # one iteration at each call, from the vector it is given


def torchgan_norm(file: PeerFile) -> Iterator[Pair]:
    """torchgan's wrapper with our weights and our vectors."""
    d = opened("spectral-norm")
    wrapper = file.take("SpectralNorm2d", Parameter=nn.Parameter).SpectralNorm2d

    def wrapped(old: nn.Linear, u: torch.Tensor) -> nn.Module:
        copied = nn.Linear(old.in_features, old.out_features)
        copied.bias = old.bias
        layer: nn.Module = wrapper(copied)
        layer.w_bar, layer.u.data = old.weight, u
        return layer

    yield from normalised(d, wrapped)


def normalised(d: OpenGame, replace: Callable[[nn.Linear, torch.Tensor], nn.Module]) -> Iterator[Pair]:
    """Cross entropy of a discriminator whose linear layers were replaced; each batch is judged from our vectors."""
    mine, memory = ours(d), d.game.memory["spectral-norm"]["discriminator"]

    def logits(x: torch.Tensor) -> torch.Tensor:
        parts = [
            replace(layer, memory[f"{i}.weight"]) if isinstance(layer, nn.Linear) else layer
            for i, layer in enumerate(layers(d))
        ]
        found: torch.Tensor = nn.Sequential(*parts)(x).flatten()
        return found

    yield mine, played(d, softplus(-logits(d.x)).mean() + softplus(logits(d.samples)).mean())
