"""Losses of logits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import softplus

from benchmarks.strategies.parity.checkouts import PeerFile
from benchmarks.strategies.parity.compare import Comparison, Run
from benchmarks.strategies.parity.games import Pair, opened, ours, played
from benchmarks.strategies.parity.tensorflow_names import tf

STUDIO, STUDIO_LOSSES = "POSTECH-CVLab/PyTorch-StudioGAN", "src/utils/losses.py"
TORCHGAN, TORCHGAN_LOSSES = "torchgan/torchgan", "torchgan/losses/functional.py"
MIMICRY, MIMICRY_LOSSES = "kwotsin/mimicry", "torch_mimicry/modules/losses.py"
AS_TF = "torch under TensorFlow's names"
SAME = "Nothing."

Loss = Callable[..., Tensor]


def both_players(recipe: str, discriminator: Loss | None, generator: Loss | None) -> Iterator[Pair]:
    """The discriminator's loss of real and fake logits, the generator's of fake logits."""
    if discriminator is not None:
        d = opened(recipe)
        yield ours(d), played(d, discriminator(d.real, d.fake))
    if generator is not None:
        g = opened(recipe, "generator")
        yield ours(g), played(g, generator(g.fake))


def of_logits(recipe: str, discriminator: str, generator: str, *, swapped: bool = False, **told: Any) -> Run:
    """Two functions of a file; `swapped` where it asks for fake logits first."""

    def run(file: PeerFile) -> Iterator[Pair]:
        names = [name for name in (discriminator, generator) if name]
        found = vars(file.take(*names, reduce=lambda x, how: getattr(x, how)()))
        first = partial(found[discriminator], **told) if discriminator else None
        second = partial(found[generator], **told) if generator else None
        ordered = (lambda real, fake: first(fake, real)) if swapped and first else first
        yield from both_players(recipe, ordered, second)

    return run


def saturating(file: PeerFile) -> Iterator[Pair]:
    """torchgan's generator with nonsaturating=False."""
    found = file.take("minimax_discriminator_loss", "minimax_generator_loss")
    minimax = partial(found.minimax_generator_loss, nonsaturating=False)
    yield from both_players("saturating", found.minimax_discriminator_loss, minimax)


def pairing(file: PeerFile) -> Iterator[Pair]:
    """The author's script: RSGAN."""
    for phase, start, name in (
        ("discriminator", "errD = BCE_stable(", "errD"),
        ("generator", "errG = BCE_stable(", "errG"),
    ):
        d = opened("rpgan", phase)
        given = {"y_pred": d.real, "y_pred_fake": d.fake, "y": torch.ones_like(d.real)}
        found = file.run(start, BCE_stable=torch.nn.BCEWithLogitsLoss(), **given)
        yield ours(d), played(d, getattr(found, name))


def dual(file: PeerFile) -> Iterator[Pair]:
    """D2GAN's three losses."""
    starts = {"discriminator": ("self.d1_loss =", "self.d2_loss =", "self.d_loss ="), "generator": ("self.g_loss =",)}
    for phase, lines in starts.items():
        d = opened("d2gan", phase)
        second = d.modules["discriminator2"]
        me = SimpleNamespace(alpha=1.0, beta=1.0, d1x=softplus(d.real), d1g=softplus(d.fake))
        me.d2x, me.d2g = (softplus(second(x).flatten()) for x in (d.x, d.samples))
        file.run(*lines, self=me, tf=tf)
        yield ours(d), played(d, me.d_loss if phase == "discriminator" else me.g_loss)


def many_generators(file: PeerFile) -> Iterator[Pair]:
    """MGAN's generator loss, its discriminator's binary part, and what trains the classifier."""
    of_critic = ("self.d_bin_x_loss =", "self.d_bin_g_loss =", "self.d_bin_loss =")
    of_classifier, of_generator = (
        ("self.d_mul_loss =",),
        ("self.d_mul_loss =", "self.g_bin_loss =", "self.g_mul_loss ="),
    )
    cases = [
        ("discriminator", "discriminator", of_critic, "d_bin_loss"),
        ("discriminator", "classifier", of_classifier, "d_mul_loss"),
        ("generator", "generator", (*of_generator, "self.g_loss ="), "g_loss"),
    ]
    for phase, owner, lines, name in cases:
        d = opened("mgan", phase, owner=owner)
        given = {"d_bin_x_logits": d.real, "d_bin_g_logits": d.fake, "d_mul_labels": d.game.code}
        me = SimpleNamespace(beta=0.01)
        file.run(*lines, self=me, tf=tf, d_mul_g_logits=d.modules["classifier"](d.samples), **given)
        yield ours(d), played(d, getattr(me, name))


def inference(file: PeerFile) -> Iterator[Pair]:
    """ALI's losses of the logits of (x, E(x)) and (G(z), z)."""
    theano = SimpleNamespace(nnet=SimpleNamespace(softplus=softplus))
    for phase in ("discriminator", "generator"):
        d = opened("ali", phase)
        mine = ours(d)
        mean, spread = d.modules["encoder"](d.x).chunk(2, 1)
        latents = mean + spread.exp() * d.game.noise.tensors["ali#1"]
        logits = {
            "data_preds": d.discriminator(torch.cat([d.x, latents], 1)),
            "sample_preds": d.discriminator(torch.cat([d.samples, d.z], 1)),
        }
        found = file.within("compute_losses").run(f"{phase}_loss =", tensor=theano, **logits)
        yield mine, played(d, getattr(found, f"{phase}_loss"))


COMPARISONS = (
    Comparison(
        "none",
        TORCHGAN,
        TORCHGAN_LOSSES,
        SAME,
        "both",
        of_logits("none", "minimax_discriminator_loss", "minimax_generator_loss"),
    ),
    Comparison("none", STUDIO, STUDIO_LOSSES, SAME, "both", of_logits("none", "d_logistic", "g_logistic", DDP=False)),
    Comparison(
        "none",
        MIMICRY,
        MIMICRY_LOSSES,
        "Its generator's loss is log(sigmoid + 1e-8): the 1e-8 shows here, and far below 0 its gradient fades where "
        "ours, of the logits, does not.",
        "ours",
        of_logits("none", "", "ns_loss_gen"),
    ),
    Comparison(
        "saturating",
        TORCHGAN,
        TORCHGAN_LOSSES,
        "The value of the generator's loss: ours has the term of real samples too, whose gradient is 0 here.",
        "both",
        saturating,
    ),
    Comparison("lsgan", STUDIO, STUDIO_LOSSES, SAME, "both", of_logits("lsgan", "d_ls", "g_ls", DDP=False)),
    Comparison(
        "lsgan",
        TORCHGAN,
        TORCHGAN_LOSSES,
        SAME,
        "both",
        of_logits("lsgan", "least_squares_discriminator_loss", "least_squares_generator_loss"),
    ),
    Comparison("hinge", STUDIO, STUDIO_LOSSES, SAME, "both", of_logits("hinge", "d_hinge", "g_hinge", DDP=False)),
    Comparison(
        "hinge",
        MIMICRY,
        MIMICRY_LOSSES,
        SAME,
        "both",
        of_logits("hinge", "hinge_loss_dis", "hinge_loss_gen", swapped=True),
    ),
    Comparison(
        "wgan-clip",
        MIMICRY,
        MIMICRY_LOSSES,
        "Nothing in the losses; it has no clipping.",
        "both",
        of_logits("wgan-clip", "wasserstein_loss_dis", "wasserstein_loss_gen"),
    ),
    Comparison(
        "rpgan",
        "AlexiaJM/RelativisticGAN",
        "code/GAN_losses_iter.py",
        "Nothing in the losses. It draws new real samples for the generator's turn; so does our loop.",
        "both",
        pairing,
    ),
    Comparison(
        "d2gan",
        "tund/D2GAN",
        "models.py",
        "Nothing, while a softplus is above 0. Its log(softplus) is -inf from logits near -104 (float32) on; ours goes "
        "on as the logit. alpha = beta = 1 as in its main.py.",
        "both",
        dual,
        AS_TF,
    ),
    Comparison(
        "mgan",
        "qhoangdl/MGAN",
        "models.py",
        "Nothing in the losses. Its classifier shares the discriminator's layers, so that its loss trains these too; "
        "ours has layers of its own. It draws as many samples of every generator, ours draws whose turn it is.",
        "peer, by the paper; ours says so",
        many_generators,
        AS_TF,
        single=True,
    ),
    Comparison(
        "ali",
        "IshmaelBelghazi/ALI",
        "ali/bricks.py",
        "Nothing in the losses. Its discriminator has layers of its own for z before both are joined; ours joins them "
        "at the input.",
        "both",
        inference,
        "torch under Theano's name",
    ),
)
