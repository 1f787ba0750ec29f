"""Further penalties, consistency terms, and objectives of logits."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import torch
from torch import Tensor
from torch.nn.functional import softplus

from benchmarks.strategies.parity.checkouts import PeerFile
from benchmarks.strategies.parity.games import Pair, answer, drawing, images, opened, ours, played
from benchmarks.strategies.parity.penalties import cross_entropy
from benchmarks.strategies.parity.tensorflow_names import tf
from gancheck.testing.open_game import OpenGame


def relativistic_average(file: PeerFile) -> Iterator[Pair]:
    """The author's script, twice."""
    for phase, name in (("discriminator", "errD"), ("generator", "errG")):
        d = opened("ragan", phase)
        given = {"y_pred": d.real, "y_pred_fake": d.fake, "y": torch.ones_like(d.real), "y2": torch.zeros_like(d.real)}
        found = file.run(f"{name} = (BCE_stable(", BCE_stable=torch.nn.BCEWithLogitsLoss(), **given)
        yield ours(d), played(d, 2 * getattr(found, name))


def smoothing(file: PeerFile) -> Iterator[Pair]:
    """torchgan's smoothed targets."""
    d = opened("label-smoothing(target=0.9)")
    loss = file.take("minimax_discriminator_loss").minimax_discriminator_loss
    yield ours(d), played(d, loss(d.real, d.fake, label_smoothing=0.1))


def limits(file: PeerFile) -> Iterator[Pair]:
    """LeCam's term with running means that start at 0, by StudioGAN's own class for them where it has one."""
    d = opened("lecam(weight=0.3, decay=0.99)", progress=0.5)
    means = SimpleNamespace(D_real=0.01 * float(d.real.mean()), D_fake=0.01 * float(d.fake.mean()))
    yield ours(d), played(d, cross_entropy(d) + 0.3 * file.take("lecam_reg").lecam_reg(d.real, d.fake, means))


def mixing(d: OpenGame, name: str) -> Tensor:
    """(n, 1) our mixing weights, once the loss was asked for."""
    return d.game.noise.tensors[f"{name}#1"].reshape(-1, 1)


def zero_centred(file: PeerFile) -> Iterator[Pair]:
    """The authors' penalty with centre 0."""
    d = opened("zero-gp(weight=100.0)")
    mine = ours(d)
    penalty = file.take("cal_gradpen", ag=torch.autograd).cal_gradpen
    with drawing(rand=[mixing(d, "zero-gp")]):
        yield mine, played(d, cross_entropy(d) + penalty(d.discriminator, d.x, d.samples.detach(), 0, LAMBDA=100))


def steepest(file: PeerFile) -> Iterator[Pair]:
    """StudioGAN's largest slope, its weight 10."""
    d = opened("max-gp(weight=10.0)")
    mine = ours(d)
    penalty = file.take("cal_deriv", "cal_maxgrad_penalty").cal_maxgrad_penalty
    with drawing(rand=[mixing(d, "max-gp")]):
        found = penalty(images(d.x), None, images(d.samples), answer(d), "cpu")
    yield mine, played(d, cross_entropy(d) + 10 * found)


def noise_in_law(file: PeerFile) -> Iterator[Pair]:
    """The authors' regulariser for two towers of one device."""
    d = opened("roth(gamma=0.1)")
    real, fake = (x.detach().clone().requires_grad_() for x in (d.x, d.samples))
    given = {"tf": tf, "print": lambda *_: None, "BATCH_SIZE": len(d.x), "DEVICES": ["one"]}
    regulariser = file.take("Discriminator_Regularizer", **given).Discriminator_Regularizer
    term = regulariser(d.discriminator(real).flatten(), real, d.discriminator(fake).flatten(), fake)
    yield ours(d), played(d, cross_entropy(d) + 0.1 / 2 * term)


def shifted(x: Tensor, d: OpenGame, key: str) -> Tensor:
    """Points moved as ours were, once the loss was asked for."""
    return x + d.x.std(0) / 8 * (2 * d.game.noise.tensors[key] - 1)


def asked(d: OpenGame, x: Tensor) -> dict[str, Tensor]:
    """What StudioGAN's discriminators answer."""
    return {"adv_output": d.discriminator(x).flatten()}


def consistent(file: PeerFile) -> Iterator[Pair]:
    """StudioGAN's term on real samples."""
    d = opened("cr(weight=10.0)")
    mine = ours(d)
    given = {"real_dict": asked(d, d.x), "real_prl_dict": asked(d, shifted(d.x, d, "cr/shift#1"))}
    term = file.run("real_consist_loss = self.l2", self=SimpleNamespace(l2_loss=torch.nn.MSELoss()), **given)
    yield mine, played(d, cross_entropy(d) + 10 * term.real_consist_loss)


def balanced(file: PeerFile) -> Iterator[Pair]:
    """StudioGAN's terms on both sides."""
    d = opened("bcr(real=10.0, fake=10.0)")
    mine = ours(d)
    given = {
        "real_dict": asked(d, d.x),
        "fake_dict": asked(d, d.samples),
        "real_prl_dict": asked(d, shifted(d.x, d, "bcr/shift#1")),
        "fake_prl_dict": asked(d, shifted(d.samples, d, "bcr/shift#2")),
    }
    me = SimpleNamespace(l2_loss=torch.nn.MSELoss())
    terms = file.run("real_bcr_loss = self.l2", "fake_bcr_loss = self.l2", self=me, **given)
    yield mine, played(d, cross_entropy(d) + 10 * terms.real_bcr_loss + 10 * terms.fake_bcr_loss)


def latent_consistent(file: PeerFile) -> Iterator[Pair]:
    """StudioGAN's terms of both players."""
    me = SimpleNamespace(l2_loss=torch.nn.MSELoss())
    for phase, start in (("discriminator", "fake_zcr_loss = self.l2"), ("generator", "fake_zcr_loss = -1")):
        d = opened("zcr(weight=20.0, spread=0.5, sigma=0.05)", phase)
        mine = ours(d)
        near = d.generator(d.z + 0.05 * d.game.noise.tensors["zcr#1"])
        given = {"fake_dict": asked(d, d.samples), "fake_eps_dict": asked(d, near)}
        term = file.run(start, self=me, fake_images=d.samples, fake_images_eps=near, **given).fake_zcr_loss
        loss = cross_entropy(d) + 20 * term if phase == "discriminator" else softplus(-d.fake).mean() + 0.5 * term
        yield mine, played(d, loss)


def many_critics(file: PeerFile) -> Iterator[Pair]:
    """The authors' mixture of the generator's losses against five discriminators."""
    d = opened("gman(sharpness=1.0)", "generator")
    critics = [module for name, module in d.modules.items() if name.startswith("discriminator")]
    losses = torch.stack([softplus(-critic(d.samples)).mean() for critic in critics])
    mix = file.take("weighted_arithmetic", "mix_prediction", tf=tf).mix_prediction
    yield ours(d), played(d, mix(losses, 1.0, sign=1.0))
