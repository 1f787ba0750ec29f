"""Latents, helpers, weights and gradients of both players."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor, autograd
from torch.nn.functional import softplus

from benchmarks.strategies.parity.checkouts import PeerFile
from benchmarks.strategies.parity.games import (
    TOGETHER,
    Pair,
    Played,
    answer,
    drawing,
    flat,
    opened,
    ours,
    played,
)
from benchmarks.strategies.parity.optimisation import both_losses
from benchmarks.strategies.parity.penalties import cross_entropy
from benchmarks.strategies.parity.tensorflow_names import tf
from gancheck.testing.open_game import OpenGame

DRAWS = ("brightness", "saturation", "contrast")


def improved_latents(file: PeerFile) -> Iterator[Pair]:
    """StudioGAN's latents and cost of the way; it clips latents to [-1, 1], which is left out of it here."""
    for phase in ("discriminator", "generator"):
        d = opened("logan(a=0.9, b=0.1, rate=0.8, weight=0.1)", phase)
        mine = ours(d)
        drawn = d.game.noise.tensors["logan#1"].reshape(-1, 1)
        uniform = SimpleNamespace(uniform_=lambda drawn=drawn: 1 - drawn)
        changed = {"FloatTensor": lambda *_, u=uniform: u, "clamp": lambda x, *_: x}
        names = SimpleNamespace(**{**vars(torch), **changed})
        derivative = file.take("cal_deriv").cal_deriv
        improve = file.take("latent_optimise", torch=names, cal_deriv=derivative).latent_optimise
        z, cost = improve(d.z, None, maker(d), answer(d), len(d.z), 0.8, 2, 0.9, 0.1, False, True, "cpu")
        fake = d.discriminator(d.generator(z)).flatten()
        loss = softplus(-fake).mean() if phase == "generator" else softplus(-d.real).mean() + softplus(fake).mean()
        yield mine, played(d, loss + 0.1 * cost)


def maker(d: OpenGame) -> Callable[..., Tensor]:
    """The generator, whose points are images of one pixel."""
    return lambda z, *_, **__: d.generator(z)[:, :, None, None]


def statistic(d: OpenGame) -> Callable[[Tensor, Tensor], Tensor]:
    """The network that judges samples beside latents."""
    return lambda x, z: d.modules["statistic"](torch.cat([x, z], 1))


def information(file: PeerFile) -> Iterator[Pair]:
    """The authors' cross entropy of samples with their own and with other latents, which are the neighbours' here."""
    d = opened("meg(weight=1.0)", "generator")
    label = torch.cat([torch.ones(len(d.z)), torch.zeros(len(d.z))])
    given = {"x_fake": d.samples, "z": d.z, "z_bar": d.z.roll(1, 0), "netH": statistic(d), "label": label}
    found = file.run("concat_x =", "concat_z =", "mi_estimate =", **given)
    yield ours(d), played(d, softplus(-d.fake).mean() + found.mi_estimate)


def history(file: PeerFile) -> Iterator[Pair]:
    """torchgan's term at weights that have moved once from where they were remembered."""
    d = opened("historical-average(weight=1.0)")
    me = SimpleNamespace(timesteps=0, sum_parameters=[], lambd=1.0, override_train_ops=None)
    step = file.take("HistoricalAverageDiscriminatorLoss.train_ops").train_ops
    mover: Any = SimpleNamespace(zero_grad=list, step=list)
    step(me, d.discriminator, mover)
    means = {p: {n: w.detach().clone() for n, w in m.named_parameters()} for p, m in d.modules.items()}
    d.game.memory["historical-average"]["means"] = means
    with torch.no_grad():
        for weight in d.discriminator.parameters():
            weight.add_(torch.randn_like(weight))
    loss, alone = d.loss(), cross_entropy(d)
    term = torch.tensor(step(me, d.discriminator, mover))
    slopes = flat(weight.grad for weight in d.discriminator.parameters())
    yield played(d, loss - alone), Played(term, slopes)


def along(ys: Any, xs: Any, grad_xs: Any, **_: Any) -> list[Tensor]:
    """J v by two backward passes, in place of kfac's function."""
    held = [torch.zeros_like(y).requires_grad_() for y in ys]
    back = autograd.grad(list(ys), list(xs), held, create_graph=True)
    return list(autograd.grad(list(back), held, list(grad_xs), create_graph=True))


def symplectic(file: PeerFile) -> Iterator[Pair]:
    """What the authors' optimiser hands to RMSProp."""
    d = opened("sga(weight=1.0)", TOGETHER)
    moved: list[Any] = []
    mover = SimpleNamespace(apply_gradients=lambda pairs, *_: moved.extend(pairs))
    me = SimpleNamespace(_use_signs=True, _reg_params=1.0, _gd=mover)
    helpers = ("list_divide_scalar", "list_subtract", "jacobian_vec", "jacobian_transpose_vec", "_dot")
    kfac = SimpleNamespace(utils=SimpleNamespace(fwd_gradients=along))
    step = file.take(*helpers, "SymplecticOptimizer.apply_gradients", tf=tf, kfac=kfac).apply_gradients
    losses = both_losses(d)
    weights = {name: list(d.modules[name].parameters()) for name in losses}
    slopes = [autograd.grad(loss, weights[name], create_graph=True) for name, loss in losses.items()]
    everybody = zip([s for each in slopes for s in each], [w for each in weights.values() for w in each], strict=True)
    step(me, list(everybody))
    found = d.game.hooks.gradients(d.game.field(), d.game)
    mine = flat(slope for name in losses for slope in found[name].values())
    yield Played(None, mine), Played(None, flat(slope for slope, _ in moved))


def sensitive(file: PeerFile) -> Iterator[Pair]:
    """The authors' ratio over the batch's halves, without a bound."""
    d = opened("dsgan(weight=8.0, tau=1e9)", "generator")
    (z, z2), (x, x2) = d.z.chunk(2), d.samples.chunk(2)
    given = {"img_diff": (x - x2).abs().mean(1), "z_diff": (z - z2).abs().mean(1), "_eps": 1e-5}
    found = file.run("temp_errNE =", **given)
    yield ours(d), played(d, softplus(-d.fake).mean() + 8 * found.temp_errNE)


def augmented(file: PeerFile) -> Iterator[Pair]:
    """The authors' changes of eight images, from our random numbers."""
    augment = import_module("gancheck.strategies.data._augmentations").augment
    d, x = opened("none"), torch.randn(8, 3, 16, 16, generator=torch.Generator().manual_seed(5))
    mine = augment(x, d.game, "a", ())
    drawn = {name.removesuffix("#1"): tensor for name, tensor in d.game.noise.tensors.items()}
    rand = [drawn[f"a/colour/{what}"].reshape(-1, 1, 1, 1) for what in DRAWS]
    moves = [-((drawn[f"a/translation/{what}"] * 5).floor().long() - 2) for what in ("rows", "columns")]
    places = [(drawn[f"a/cutout/{what}"] * 17).floor().long() for what in ("row", "column")]
    names = ("rand_brightness", "rand_saturation", "rand_contrast", "rand_translation", "rand_cutout")
    changes = file.take(*names)
    with drawing(rand=rand, randint=[each.reshape(-1, 1, 1) for each in (*moves, *places)]):
        theirs = x
        for name in names:
            theirs = getattr(changes, name)(theirs)
    yield Played(mine), Played(theirs)
