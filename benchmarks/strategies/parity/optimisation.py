"""How players move, and where they start."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn.functional import softplus

from benchmarks.strategies.parity.checkouts import PeerFile
from benchmarks.strategies.parity.compare import Comparison
from benchmarks.strategies.parity.games import TOGETHER, Pair, Played, flat, held, opened, ours, played
from benchmarks.strategies.parity.objectives import AS_TF, STUDIO
from benchmarks.strategies.parity.penalties import STABILITY, STABILITY_FILE
from benchmarks.strategies.parity.tensorflow_names import tf
from gancheck.gans.lookahead import adam
from gancheck.strategies.optimisation.ema import Ema
from gancheck.strategies.optimisation.init import Init
from gancheck.testing.open_game import OpenGame


def averaged(d: OpenGame, update: Callable[[nn.Module], None], mean: nn.Module) -> Iterator[Pair]:
    """Running means over three moves of the generator, by ours and by a peer's update."""
    kept = {name: weight.detach().clone() for name, weight in d.generator.named_parameters()}
    for _ in range(3):
        with torch.no_grad():
            for weight in d.generator.parameters():
                weight.add_(torch.randn_like(weight))
        now = {name: weight.detach() for name, weight in d.generator.named_parameters()}
        kept = Ema(decay=0.9).average(now, kept)
        update(d.generator)
        yield Played(flat(kept.values())), Played(flat(mean.parameters()))


def studio_mean(file: PeerFile) -> Iterator[Pair]:
    """StudioGAN's Ema."""
    d = opened("ema", "generator")
    mean = copy.deepcopy(d.generator)
    keeper = file.take("Ema", print=lambda *_: None).Ema(d.generator, mean, decay=0.9)
    yield from averaged(d, lambda _: keeper.update(iter=0), mean)


def stability_mean(file: PeerFile) -> Iterator[Pair]:
    """GAN stability's update_average."""
    d = opened("ema", "generator")
    mean, update = copy.deepcopy(d.generator), file.take("toggle_grad", "update_average").update_average

    def move(live: nn.Module) -> None:
        update(mean, copy.deepcopy(live), 0.9)

    yield from averaged(d, move, mean)


def both_losses(d: OpenGame) -> dict[str, Tensor]:
    """The untreated losses of both players."""
    return {
        "discriminator": softplus(-d.real).mean() + softplus(d.fake).mean(),
        "generator": softplus(-d.fake).mean(),
    }


def extragradient(file: PeerFile) -> Iterator[Pair]:
    """The authors' ExtraAdam for three steps, both players at once on one batch."""
    d = opened("extragradient", TOGETHER)
    modules = (d.discriminator, d.generator)
    optimiser = d.game.optimiser("generator")
    told = {"lr": optimiser.lr, "betas": optimiser.betas}
    given = {"Optimizer": torch.optim.Optimizer, "required": None}
    kind = file.take("Extragradient", "ExtraAdam", **given).ExtraAdam
    theirs = [kind(module.parameters(), **told) for module in modules]
    for _ in range(3):
        mine = our_step(d)
        for act in ("extrapolation", "step"):
            for module, loss in both_losses(d).items():
                for weight, slope in zip(d.modules[module].parameters(), slopes_of(d, module, loss), strict=True):
                    weight.grad = slope
            for mover in theirs:
                getattr(mover, act)()
        yield Played(flat(mine)), Played(flat(w for m in modules for w in m.parameters()))


def slopes_of(d: OpenGame, player: str, loss: Tensor) -> tuple[Tensor, ...]:
    """A player's gradient."""
    return torch.autograd.grad(loss, list(d.modules[player].parameters()), retain_graph=True)


def our_step(d: OpenGame) -> list[Tensor]:
    """Where our step leads; Adam's running means go on from there."""
    live = {name: held(module) for name, module in d.modules.items()}
    d.game = replace(d.game, weights=live, advanced={}, constrained={})
    found = d.game.hooks.gradients(d.game.field(), d.game)
    after: dict[str, Any] = {}
    for player in ("discriminator", "generator"):
        at, optimiser = d.game.advanced[player], d.game.optimiser(player)
        after[player] = adam(live[player], found[player], at, optimiser, d.game.rates[player])
    d.game.moments = {player: moments for player, (_, moments) in after.items()}
    return [weight.detach().clone() for moved, _ in after.values() for weight in moved.values()]


def consensus(file: PeerFile) -> Iterator[Pair]:
    """What the authors' optimiser hands to RMSProp."""
    d = opened("consensus(gamma=3.0)", TOGETHER)
    moved: list[Any] = []
    me = SimpleNamespace(_alpha=3.0, _beta=0.9, optimizer=SimpleNamespace(apply_gradients=moved.extend))
    losses = both_losses(d)
    weights = {name: list(d.modules[name].parameters()) for name in losses}
    step = file.take("ConsensusOptimizer.conciliate", tf=tf).conciliate
    step(me, losses["discriminator"], losses["generator"], weights["discriminator"], weights["generator"])
    found = d.game.hooks.gradients(d.game.field(), d.game)
    mine = flat(slope for name in losses for slope in found[name].values())
    yield Played(None, mine), Played(None, flat(slope for slope, _ in moved))


def top_k(file: PeerFile) -> Iterator[Pair]:
    """StudioGAN's choice among eight rows, at the k that we keep in the middle of a run."""
    d = opened("top-k", "generator", batch=8, progress=0.5)
    kept = round(8 * 0.99**50)
    found = {"adv_output": d.fake}
    file.run('fake_dict["adv_output"] = torch.topk', fake_dict=found, self=SimpleNamespace(topk=kept))
    yield ours(d), played(d, softplus(-found["adv_output"]).mean())


def starts(file: PeerFile) -> Iterator[Pair]:
    """StudioGAN's three schemes, drawn from the same seed."""
    set_weights = file.take("init_weights", init=nn.init).init_weights
    schemes: list[tuple[Any, str]] = [("orthogonal", "ortho"), ("normal", "N02"), ("xavier", "glorot")]
    for scheme, name in schemes:
        d = opened("none")
        weights = held(d.discriminator)
        found = Init(scheme).initial(weights, "discriminator", d.discriminator, torch.Generator().manual_seed(7))
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(7)
            set_weights(d.discriminator.modules, name)
        yield Played(flat(found[name] for name in weights)), Played(flat(d.discriminator.parameters()))


def unrolled(file: PeerFile) -> Iterator[Pair]:
    """The demo's rule in our words: the whole saddle value, real term too, at the discriminator that is foreseen."""
    d = opened("saturating+unrolled(k=5)", "generator")
    optimiser, rate = d.game.optimiser("discriminator"), d.game.rates["discriminator"]

    def value(weights: dict[str, Tensor]) -> Tensor:
        real, fake = (functional_call(d.discriminator, weights, (x,)) for x in (d.x, d.samples))
        return softplus(-real).mean() + softplus(fake).mean()

    weights = held(d.discriminator)
    moments = d.game.moments["discriminator"]
    for _ in range(5):
        slopes = torch.autograd.grad(value(weights), list(weights.values()), create_graph=True)
        weights, moments = adam(weights, dict(zip(weights, slopes, strict=True)), moments, optimiser, rate)
    yield ours(d), played(d, -value(weights))


COMPARISONS = (
    Comparison(
        "ema",
        STUDIO,
        "src/utils/ema.py",
        "Nothing. It can wait before it averages, and averages batch norm's running statistics too; ours evaluates "
        "with the live ones.",
        "both",
        studio_mean,
    ),
    Comparison("ema", STABILITY, STABILITY_FILE, "Nothing.", "both", stability_mean),
    Comparison(
        "extragradient",
        "GauthierGidel/Variational-Inequality-GAN",
        "optim/extragradient.py",
        "Where epsilon stands: it adds 1e-8 to the running root before the bias is taken out, ours after, as Adam's "
        "paper and torch do. With both epsilons at 1e-20 the weights agree to 2e-15. It draws a second batch for the "
        "second gradient; it was given one, as ours takes.",
        "ours in epsilon, peer in the batch; ours says so",
        extragradient,
    ),
    Comparison(
        "consensus",
        "LMescheder/TheNumericsOfGANs",
        "consensus_gan/optimizer.py",
        "Nothing in what is handed to the optimiser, gradient + gamma * gradient of the field's half square.",
        "both",
        consensus,
        AS_TF,
    ),
    Comparison(
        "unrolled",
        "poolio/unrolled_gan",
        "Unrolled GAN demo.ipynb",
        "Nothing, for `saturating+unrolled`, which plays the saddle value f as the paper does; alone, ours plays "
        "the untreated GAN's loss of the generator at the foreseen discriminator, without a term of real samples.",
        "both; ours says so",
        unrolled,
        "in our own words",
    ),
    Comparison(
        "top-k",
        STUDIO,
        "src/worker.py",
        "Nothing at the same k. Its k falls by gamma an epoch and is cut to a whole number, ours by gamma a hundredth "
        "of the run and is rounded.",
        "both; ours says so",
        top_k,
    ),
    Comparison(
        "init",
        STUDIO,
        "src/utils/ops.py",
        "Nothing from the same seed, for orthogonal, normal and xavier. It also starts embeddings so.",
        "both",
        starts,
    ),
    Comparison(
        "ttur",
        "ajbrock/BigGAN-PyTorch",
        "utils.py",
        "Its discriminator learns at 2e-4, its generator at 5e-5: the ratio of 4 that is ours.",
        "both",
    ),
)
