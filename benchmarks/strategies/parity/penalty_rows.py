"""What is compared among penalties and bounds, and what is to be said of it."""

from __future__ import annotations

from benchmarks.strategies.parity import penalties, penalties_at_data
from benchmarks.strategies.parity.compare import Comparison
from benchmarks.strategies.parity.objectives import (
    AS_TF,
    MIMICRY,
    SAME,
    STUDIO,
    STUDIO_LOSSES,
    TORCHGAN,
    TORCHGAN_LOSSES,
)
from benchmarks.strategies.parity.penalties import R3GAN, R3GAN_FILE, STABILITY, STABILITY_FILE
from benchmarks.strategies.parity.penalties_at_data import STYLE

ONE_NORM = (
    "Its norm is one of the whole batch's gradients together, not one a sample. The paper has a mean over samples, "
    "whose slopes are to be 1; here they are to be 1 / sqrt(n)."
)

COMPARISONS = (
    Comparison(
        "wgan-gp",
        "caogang/wgan-gp",
        "gan_toy.py",
        "Nothing; no epsilon under either norm. Its toy weight is 0.1, ours 10 as in the paper; run at 10.",
        "both",
        penalties.points_on_segments,
    ),
    Comparison(
        "wgan-gp",
        STABILITY,
        STABILITY_FILE,
        "Its mixing weight is that of the generated sample, the same in law. Its own wgan loss is the paper's with the "
        "sign turned in both players, which is the same game.",
        "both",
        penalties.stability_segments,
    ),
    Comparison("wgan-gp", STUDIO, STUDIO_LOSSES, SAME, "both", penalties.studio_segments),
    Comparison(
        "wgan-gp", MIMICRY, "torch_mimicry/nets/wgan_gp/wgan_gp_base.py", SAME, "both", penalties.mimicry_segments
    ),
    Comparison(
        "wgan-gp",
        TORCHGAN,
        TORCHGAN_LOSSES,
        ONE_NORM + " And its training step draws one mixing weight for the whole batch; it was given ours.",
        "ours",
        penalties.torchgan_segments,
    ),
    Comparison(
        "wgan-gp",
        "igul222/improved_wgan_training",
        "gan_toy.py",
        "Nothing but the weight of its toys, 0.1. No epsilon under the root, as ours.",
        "both",
    ),
    Comparison(
        "wgan-clip",
        "martinarjovsky/WassersteinGAN",
        "main.py",
        "It clips before each critic update, ours after it as in the paper's algorithm 1: the generator meets its "
        "critic up to one RMSProp step outside the cube. It trains the critic 100 times in place of 5 at first and "
        "every 500 steps; the paper's algorithm and ours do not.",
        "ours, by the paper",
    ),
    Comparison(
        "dragan",
        "kodalinaveen3/DRAGAN",
        "DRAGAN.ipynb",
        "Nothing. The paper writes Gaussian noise, which neither has.",
        "both, by the authors' code; neither, by the paper",
        penalties.authors_neighbourhood,
        AS_TF,
    ),
    Comparison(
        "dragan",
        STUDIO,
        STUDIO_LOSSES,
        "Nothing, as above.",
        "both, by the authors' code; neither, by the paper",
        penalties.studio_neighbourhood,
    ),
    Comparison(
        "dragan",
        TORCHGAN,
        TORCHGAN_LOSSES,
        ONE_NORM + " It goes a share of the way that is drawn for every number, not for every sample; it was given our "
        "points.",
        "ours",
        penalties.torchgan_neighbourhood,
    ),
    Comparison(
        "r1",
        STABILITY,
        STABILITY_FILE,
        "Nothing, with its reg_param at half our gamma: it leaves out the paper's 1/2, so that its usual 10 is our 20.",
        "both; the paper and ours write gamma / 2",
        penalties.stability_step("r1", "real", 5.0),
    ),
    Comparison(
        "r1",
        STUDIO,
        STUDIO_LOSSES,
        "Nothing, with its weight at our gamma: it has the 1/2 too.",
        "both",
        penalties_at_data.studio_r1,
    ),
    Comparison(
        "r1",
        STYLE,
        "training/loss.py",
        "Nothing in the term. It takes it every 16th step and multiplies it by 16; ours takes it at every step.",
        "both",
        penalties_at_data.style_r1,
    ),
    Comparison(
        "r1r2",
        STABILITY,
        STABILITY_FILE,
        "Nothing, with its reg_param at half our gamma, as for r1. Gradient only.",
        "both",
        penalties.stability_step("r1r2", "real_fake", 0.5),
    ),
    Comparison(
        "r1r2",
        R3GAN,
        R3GAN_FILE,
        "Nothing: one whole turn of either player with rpgan+r1r2. Its gamma falls by a schedule, ours stays.",
        "both",
        penalties_at_data.r3gan,
    ),
    Comparison(
        "mode-seeking",
        "HelenMao/MSGAN",
        "DCGAN-Mode-Seeking/model.py",
        "Nothing in the term. Its adversarial loss is the sum over the batch's halves, which is twice our mean, so "
        "that its weight of 1 is our 0.5.",
        "both; ours by the paper's formula, whose loss is a mean",
        penalties_at_data.mode_seeking,
    ),
    Comparison(
        "spectral-norm",
        MIMICRY,
        "torch_mimicry/modules/spectral_norm.py",
        "Nothing from the same vectors. Its power iteration goes on at every call, so twice or more in a discriminator "
        "update and again in the generator's; ours once a step, as the paper's algorithm 1.",
        "both",
        penalties_at_data.mimicry_norm,
    ),
    Comparison(
        "spectral-norm",
        TORCHGAN,
        "torchgan/layers/spectralnorm.py",
        "It adds 1e-12 to the norms of its vectors, ours divides by them. It iterates at every call, as above, also in "
        "evaluation, so that what is evaluated changes with every look.",
        "ours",
        penalties_at_data.torchgan_norm,
    ),
    Comparison(
        "spectral-norm",
        "pfnet-research/sngan_projection",
        "source/functions/max_sv.py",
        "The authors' own: one iteration a call, u and v constants to the gradient, 1e-12 beside the norm. It starts "
        "from a random vector, ours from 15 iterations on ones.",
        "both",
    ),
)
