"""What is chosen: among generated samples, and among the data."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import numpy as np
import torch
from torch import Tensor

from benchmarks.strategies.parity.checkouts import PeerFile
from benchmarks.strategies.parity.compare import Comparison
from benchmarks.strategies.parity.games import Pair, Played, drawing
from gancheck.gans.game import Sample
from gancheck.strategies.data import instance_selection as selection
from gancheck.strategies.data.self_conditioned import cluster_again
from gancheck.strategies.sampling._calibration import Calibration, Proposals
from gancheck.strategies.sampling.drs import surplus
from gancheck.strategies.sampling.mh_gan import ChainSampler

HASTINGS, HASTINGS_FILE = "uber-research/metropolis-hastings-gans", "mhgan/mh.py"
OLD_NUMPY = SimpleNamespace(**{**vars(np), "float": float, "float_": np.float64})  #: with names that numpy has dropped


def logits(count: int) -> Tensor:
    """Some log odds."""
    return 2 * torch.randn(count, generator=torch.Generator().manual_seed(1))


class OneYes:
    """Random numbers that let a rejection sampler take one proposal only."""

    def __init__(self, chosen: int) -> None:
        self.chosen = chosen

    def rand(self, count: int) -> np.ndarray:
        """Zero for the chosen, two for the others."""
        return np.where(np.arange(count) == self.chosen, 0.0, 2.0)


def rejection(file: PeerFile) -> Iterator[Pair]:
    """Probabilities to keep each of 40 proposals, gamma their own 80th percentile, the largest odds known before."""
    odds = logits(40)
    highest = odds.max()
    f = surplus(odds, highest)
    mine = torch.sigmoid(f - torch.quantile(f, 0.8))
    given = {"logit": lambda p: np.log(p / (1 - p)), "logistic": lambda x: 1 / (1 + np.exp(-x)), "np": OLD_NUMPY}
    sample = file.take("rejection_sample", **given).rejection_sample
    score = torch.sigmoid(torch.cat([odds[:1], odds])).numpy()  # the first is the real sample that it passes over
    top = np.asarray(torch.sigmoid(highest).numpy())
    theirs = [sample(score, shift_percent=80.0, score_max=top, random=OneYes(i))[1] for i in range(len(odds))]
    yield Played(mine), Played(torch.tensor(np.array(theirs)))


class Chain(ChainSampler):
    """Our chain, offered proposals that are handed to it."""

    def __init__(self, offered: Iterator[Proposals]) -> None:
        super().__init__(SimpleNamespace(), "mh-gan", 30)  # type: ignore[arg-type]
        self.offered = offered

    def propose(self, *_: object) -> Proposals:
        return next(self.offered)


def chain(file: PeerFile) -> Iterator[Pair]:
    """Where 20 chains of 30 proposals end, from the same scores and the same uniform numbers."""
    odds, draws = logits(20 * 31).reshape(20, 31), torch.rand(20, 31, generator=torch.Generator().manual_seed(2))
    first, *rest = (Proposals(Sample(torch.full((20, 1), i), None, None, False), odds[:, i]) for i in range(31))
    found = Calibration(odds[:, 0], odds[:, 0], torch.tensor(1.0), 1)
    with drawing(rand=list(draws[:, 1:].T)):
        ends, _ = Chain(iter(rest)).walk(SimpleNamespace(), first, found, torch.Generator())  # type: ignore[arg-type]
    names = ("disc_2_odds_ratio", "accept_prob_MH_disc", "mh_sample")
    sample = file.take(*names, np=OLD_NUMPY, xrange=range).mh_sample
    scores = torch.sigmoid(odds).numpy()
    theirs = [sample(scores[i], random=SimpleNamespace(rand=lambda _, i=i: draws[i].numpy()))[0] for i in range(20)]
    yield Played(ends.sample.x.flatten()), Played(torch.tensor(theirs))


def densest(file: PeerFile) -> Iterator[Pair]:
    """Distances under the Gaussian fitted to 300 points, ours and the peer's, both shifted to start at 0."""
    from sklearn.mixture import GaussianMixture

    source = torch.Generator().manual_seed(3)
    x = torch.randn(300, 3, generator=source) @ torch.randn(3, 3, generator=source)
    scaled = selection.principal_directions(x - x.mean(0), 64, source)
    mine = selection.distances(x, x.mean(0), scaled)
    likelihood = file.take("GaussianModel", GaussianMixture=GaussianMixture).GaussianModel(x.numpy())
    theirs = -2 * torch.tensor(likelihood) * 299 / 300  # its covariance divides by n, ours by n - 1
    yield Played(mine - mine.min()), Played(theirs - theirs.min())


def matched(file: PeerFile) -> Iterator[Pair]:
    """Numbers of new clusters: the peer's matching of the clusters that our k-means finds."""
    from scipy.optimize import linear_sum_assignment

    source = torch.Generator().manual_seed(4)
    x = torch.randn(200, 2, generator=source)
    before = torch.randint(5, (200,), generator=source)
    _, mine = cluster_again(x, before, 5)
    scrambled = torch.randperm(5, generator=source)[mine]  # as another k-means would number them
    match = file.take("Clusterer.hungarian_match", linear_assignment=lambda c: np.stack(linear_sum_assignment(c), 1))
    pairs = match.hungarian_match(None, scrambled.numpy(), before.numpy(), 5, 5)
    mapping = torch.tensor([int(new) for _, new in sorted(pairs)])
    yield Played(mine), Played(mapping[scrambled])


COMPARISONS = (
    Comparison(
        "drs",
        HASTINGS,
        HASTINGS_FILE,
        "Nothing at the same percentile; the values are probabilities to be kept. Its percentile is 95 unless told, "
        "ours 80. Its gamma is of the proposals of one draw, ours of those of the burn-in. It takes the best proposal "
        "where none is kept, ours draws on.",
        "both",
        rejection,
        "numpy's old names given",
    ),
    Comparison(
        "mh-gan",
        HASTINGS,
        HASTINGS_FILE,
        "Nothing: all chains end at the same proposals. It compares odds, which overflow where a score is 1; ours "
        "compares logits. It calibrates by isotonic, linear or beta regression, ours by a line on the logits.",
        "both",
        chain,
        "numpy's old names given",
    ),
    Comparison(
        "instance-selection",
        "uoguelph-mlrg/instance_selection_for_gans",
        "density_estimators.py",
        "Distances under the fitted Gaussian; the order of rows is the same. It adds 1e-5 to every variance (without "
        "it both agree to 1e-14). It selects within classes where there are labels, ours never looks at labels. Its "
        "features are an Inception network's, ours principal components.",
        "both; ours says so",
        densest,
    ),
    Comparison(
        "self-conditioned",
        "stevliu/self-conditioned-gan",
        "clusterers/selfcondgan.py",
        "Nothing in how new clusters get the old ones' numbers. An empty cluster starts its k-means anew at a random "
        "row, ours at the mean of the first cluster that has rows. Its discriminator has an output for each cluster; "
        "ours sees the code.",
        "both; ours says so",
        matched,
    ),
)
