"""What is compared among later strategies, and what is to be said of it."""

from __future__ import annotations

from benchmarks.strategies.parity import later_moves, later_penalties
from benchmarks.strategies.parity.compare import Comparison
from benchmarks.strategies.parity.features import BURES
from benchmarks.strategies.parity.objectives import AS_TF, SAME, STUDIO, STUDIO_LOSSES, TORCHGAN, TORCHGAN_LOSSES
from benchmarks.strategies.parity.penalties import STABILITY, STABILITY_FILE, stability_step
from benchmarks.strategies.parity.penalties_at_data import STYLE

RELATIVISTIC, WORKER = "AlexiaJM/RelativisticGAN", "src/worker.py"
TANH, TANH_FILE = "htt210/GeneralizationAndStabilityInGANs", "GradientPenaltiesGAN.py"

PENALTIES = (
    Comparison(
        "ragan",
        RELATIVISTIC,
        "code/GAN_losses_iter.py",
        "Run twice over: it halves both losses, the paper does not; Adam does not tell.",
        "both",
        later_penalties.relativistic_average,
    ),
    Comparison("label-smoothing", TORCHGAN, TORCHGAN_LOSSES, SAME, "both", later_penalties.smoothing),
    Comparison(
        "lecam",
        "google/lecam-gan",
        "biggan_cifar/losses.py",
        "Nothing at the same running means, one step from 0. Its means begin at step 1,000, ours after a hundredth of "
        "the run. The paper's formula has no relu; both its codes and ours have.",
        "both",
        later_penalties.limits,
    ),
    Comparison("lecam", STUDIO, STUDIO_LOSSES, "Nothing, as above.", "both", later_penalties.limits),
    Comparison(
        "zero-gp",
        TANH,
        TANH_FILE,
        "Nothing, with its center at 0 and both weights at 100; its command line has 10.",
        "both",
        later_penalties.zero_centred,
    ),
    Comparison(
        "one-sided-gp",
        TANH,
        TANH_FILE,
        "Its cal_gradpen_lp was tried and ends in a TypeError: torch.max(norm - 1, 0) is the batch's maximum and where "
        "it is, not the larger of both.",
        "ours",
    ),
    Comparison(
        "max-gp",
        STUDIO,
        STUDIO_LOSSES,
        "Nothing. The authors keep the steepest points for the next update; neither does.",
        "both; ours says so",
        later_penalties.steepest,
    ),
    Comparison(
        "r2",
        STABILITY,
        STABILITY_FILE,
        "Nothing, with its reg_param at half our gamma, as for r1. Gradient only.",
        "both",
        stability_step("r2(gamma=10.0)", "fake", 5.0),
    ),
    Comparison(
        "roth",
        "rothk/Stabilizing_GANs",
        "igul222_GANs/gan_64x64.py",
        "Nothing, with gamma / 2 before it, as there.",
        "both",
        later_penalties.noise_in_law,
        AS_TF,
    ),
    Comparison(
        "cr", STUDIO, WORKER, "Nothing in the term, from samples shifted as ours.", "both", later_penalties.consistent
    ),
    Comparison(
        "bcr", STUDIO, WORKER, "Nothing in the terms, from samples shifted as ours.", "both", later_penalties.balanced
    ),
    Comparison(
        "zcr",
        STUDIO,
        WORKER,
        "Nothing in the terms of either player, from the same latents nearby.",
        "both",
        later_penalties.latent_consistent,
    ),
    Comparison(
        "gman",
        "iDurugkar/GMAN",
        "helper.py",
        "Nothing with lambda 1, an arithmetic mean and its non-saturating loss. Its discriminators have batches and "
        "dropout of their own.",
        "both; ours says so",
        later_penalties.many_critics,
        AS_TF,
    ),
)

MOVES = (
    Comparison(
        "logan",
        STUDIO,
        STUDIO_LOSSES,
        "Nothing with two of its steps, which are one, and without its clipping of latents to [-1, 1]: ours clips "
        "uniform latents only.",
        "both",
        later_moves.improved_latents,
    ),
    Comparison(
        "meg",
        "ritheshkumar95/energy_based_generative_models",
        "scripts/train/functions.py",
        "Nothing in the information term, given neighbours' latents for its shuffled ones. Its discriminator is an "
        "energy.",
        "both; ours says so",
        later_moves.information,
    ),
    Comparison(
        "historical-average",
        TORCHGAN,
        "torchgan/losses/historical.py",
        "Nothing in the term. It takes a step of its own for it, beside that of the loss; ours adds it to the loss.",
        "ours, by the paper",
        later_moves.history,
    ),
    Comparison(
        "sga",
        "deepmind/symplectic-gradient-adjustment",
        "Symplectic_Gradient_Adjustment.ipynb",
        "Nothing in what is handed to the optimiser, its sign too.",
        "both",
        later_moves.symplectic,
        AS_TF + ", J v by torch",
    ),
    Comparison(
        "optimistic-adam",
        "vsyrgkanis/optimistic_GAN_training",
        "script/optimizer.py",
        "It scales the move that it takes back by the present step's bias correction; ours takes back the move as it "
        "was made, bias correction of its own step. They differ in the first steps only.",
        "both; the paper leaves it open",
    ),
    Comparison(
        "dsgan",
        "maga33/DSGAN",
        "Image2ImageTranslation/code/trainer.py",
        "Nothing without a bound. Its bound, off unless told, is put on the mean with its minus, ours on each pair's "
        "ratio, as the paper has it. It holds one sample of each pair.",
        "ours, by the paper",
        later_moves.sensitive,
    ),
    Comparison(
        "diffaugment",
        "mit-han-lab/data-efficient-gans",
        "DiffAugment_pytorch.py",
        "Nothing on images of 16 x 16, all kinds in its order, from the same numbers.",
        "both",
        later_moves.augmented,
    ),
    Comparison(
        "ada",
        STYLE,
        "training/training_loop.py",
        "The same rule for p: every 4 updates up or down by a fixed part, by the sign of what the mean sign of real "
        "logits exceeds 0.6 by. Its p may pass 1, ours stops there. Its changes are many more.",
        "both; ours says so",
    ),
    Comparison(
        "infogan",
        "eriklindernoren/PyTorch-GAN",
        "implementations/infogan/infogan.py",
        "Its network ends in a softmax and its cross entropy takes another one, so that no code can be read with "
        "certainty; ours and the paper take one. It shares the discriminator's layers, as the paper.",
        "ours",
    ),
    Comparison(
        "mdgan",
        BURES,
        "lib/gans.py",
        "Its second term is -log(1 - D(G(E(x)))), which pays for samples that look generated; ours is -log D(G(E(x))), "
        "as the paper argues. Its distances are summed over the batch.",
        "ours, by the paper's argument",
    ),
    Comparison(
        "veegan",
        BURES,
        "lib/gans.py",
        "The same losses, but that its reconstructed latents have a Gaussian likelihood, half of the squared error "
        "that the paper and ours take; its width is 1.",
        "ours, by the paper",
    ),
    Comparison(
        "spectral-regularisation",
        "max-liu-112/SRGANs-Spectral-Regularization-GANs-",
        "updater.py",
        "The same singular values are raised, the first half to the largest. It treats convolutions only, and writes "
        "the raised matrix over the trained one; ours treats every layer, and raises what is played.",
        "both; ours says so",
    ),
    Comparison(
        "bourgan",
        "a554b554/BourGAN",
        "src/bourgan/gan.py",
        "The same square of the logarithms' difference. It draws a second batch for its pairs, ours takes neighbours; "
        "its scale is fixed otherwise.",
        "both; ours says so",
    ),
)

COMPARISONS = (*PENALTIES, *MOVES)
