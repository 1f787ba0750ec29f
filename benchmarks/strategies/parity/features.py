"""What compares the discriminator's features of real and of generated samples."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace

import torch
from torch import Tensor
from torch.nn.functional import softplus

from benchmarks.strategies.parity.checkouts import PeerFile
from benchmarks.strategies.parity.compare import Comparison
from benchmarks.strategies.parity.games import Pair, opened, ours, played, without_head
from benchmarks.strategies.parity.objectives import AS_TF, STUDIO, STUDIO_LOSSES, TORCHGAN, TORCHGAN_LOSSES
from benchmarks.strategies.parity.tensorflow_names import tf
from gancheck.testing.open_game import OpenGame

GDPP, BURES = "M-Elfeki/GDPP", "hannesdm/The-Bures-Metric-for-Generative-Adversarial-Networks"


def both_features(d: OpenGame) -> tuple[Tensor, Tensor]:
    """(rows, width) of real samples, a constant, and of generated ones."""
    body = without_head(d)
    return body(d.x).detach(), body(d.samples)


def untreated(d: OpenGame) -> Tensor:
    """The generator's loss without a term."""
    return softplus(-d.fake).mean()


def studio_matching(file: PeerFile) -> Iterator[Pair]:
    """StudioGAN's feature matching."""
    d = opened("feature-matching", "generator")
    yield ours(d), played(d, file.take("feature_matching_loss").feature_matching_loss(*both_features(d)))


def authors_matching(file: PeerFile) -> Iterator[Pair]:
    """The authors' for digits, times the number of features."""
    d = opened("feature-matching", "generator")
    real, fake = both_features(d)
    names = SimpleNamespace(mean=torch.mean, square=torch.square)
    loss = file.run("loss_gen =", T=names, mom_gen=fake.mean(0), mom_real=real.mean(0)).loss_gen
    yield ours(d), played(d, fake.shape[1] * loss)


def pulling(name: str) -> Callable[[PeerFile], Iterator[Pair]]:
    """A pulling-away term."""

    def run(file: PeerFile) -> Iterator[Pair]:
        d = opened("pulling-away(weight=1.0)", "generator")
        yield ours(d), played(d, untreated(d) + vars(file.take(name))[name](both_features(d)[1]))

    return run


def discrepancy(file: PeerFile) -> Iterator[Pair]:
    """The authors' mix_rbf_mmd2 of our features and logits, unbiased."""
    d = opened("mmd", "generator")
    codes = [torch.cat([without_head(d)(x), d.discriminator(x)], 1) for x in (d.x, d.samples)]
    distance = file.take("_mix_rbf_kernel", "_mmd2", "mix_rbf_mmd2").mix_rbf_mmd2
    yield ours(d), played(d, distance(*codes, [1, 2, 4, 8, 16], biased=False))


def determinantal(file: PeerFile) -> Iterator[Pair]:
    """The authors' loss, its eigenvectors turned so that they point along those of real samples."""
    d = opened("gdpp(weight=1.0)", "generator")
    real, fake = both_features(d)
    directions = torch.nn.functional.normalize(real, dim=1)
    along = torch.linalg.eigh(directions @ directions.mT)[1]

    def turned(matrix: Tensor) -> tuple[Tensor, Tensor]:
        values, vectors = torch.linalg.eigh(matrix)
        return values, vectors * torch.sign((vectors * along).sum(0)).detach()

    names = SimpleNamespace(**{**vars(tf), "self_adjoint_eig": turned})
    yield (
        ours(d),
        played(d, untreated(d) + file.take("compute_diversity_loss", tf=names).compute_diversity_loss(fake, real)),
    )


def bures(file: PeerFile) -> Iterator[Pair]:
    """The authors' kernel form with their square root, divided by the rows."""
    d = opened("bures(weight=1.0)", "generator")
    real, fake = both_features(d)
    root = PeerFile(file.path.with_name("linalg.py")).take("sqrt_newton_schulz", tf=tf).sqrt_newton_schulz
    given = {"tf": tf, "dtypes": tf, "sqrt_newton_schulz": root}
    distance = file.take("wasserstein_bures_kernel", **given).wasserstein_bures_kernel(fake, real)
    yield ours(d), played(d, untreated(d) + distance / len(real))


COMPARISONS = (
    Comparison(
        "feature-matching",
        "openai/improved-gan",
        "mnist_svhn_cifar10/train_mnist_feature_matching.py",
        "The mean over features where the paper and ours have the sum: run times their number. For CIFAR the same "
        "authors take the mean absolute difference.",
        "both",
        authors_matching,
        "torch under Theano's name",
    ),
    Comparison(
        "feature-matching",
        STUDIO,
        STUDIO_LOSSES,
        "It takes the mean absolute difference of the means, the paper the squared norm.",
        "ours, by the paper",
        studio_matching,
    ),
    Comparison(
        "pulling-away",
        "eriklindernoren/PyTorch-GAN",
        "implementations/ebgan/ebgan.py",
        "Its cosines are not squared, so that opposite features are paid for; the paper squares them.",
        "ours",
        pulling("pullaway_loss"),
    ),
    Comparison(
        "pulling-away",
        TORCHGAN,
        TORCHGAN_LOSSES,
        "It divides each feature by its norm over the batch, not each sample's features by theirs, and counts each "
        "sample beside itself.",
        "ours",
        pulling("energy_based_pulling_away_term"),
    ),
    Comparison(
        "mmd",
        "OctoberChang/MMD-GAN",
        "mmd.py",
        "Nothing in the generator's discrepancy, taken unbiased; its training takes the biased one, and its root. Its "
        "critic is clipped and has a decoder, ours a penalty, and our code has the logit too; its generator minimises "
        "the rank term too.",
        "both; ours says so",
        discrepancy,
    ),
    Comparison(
        "gdpp",
        GDPP,
        "GDPP_Loss_Tensorflow_Pytorch.py",
        "Run with its eigenvectors turned so that products are positive: as they come, signs are accidents, and so is "
        "its loss. Its gradient divides by gaps between eigenvalues, tiny here, which ours damps; with wide gaps and "
        "without damping both gradients agree to 3e-16.",
        "ours",
        determinantal,
        AS_TF,
    ),
    Comparison(
        "bures",
        BURES,
        "lib/losses.py",
        "Divided by the rows: it has sums over the batch where the paper's covariance and ours are means. It adds "
        "1e-13 to the diagonals.",
        "both; ours says so",
        bures,
        AS_TF,
    ),
)
