"""How likely held-out data is under the samples, when their surroundings are fitted to the training data."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from gancheck.errors import BadData
from gancheck.evaluation.view import View
from gancheck.metrics.base import metric
from gancheck.numerics.distances import squared_distances
from gancheck.numerics.features import FeatureSet
from gancheck.numerics.seeding import permutation


@metric("fld", better="lower", needs="train", max_samples=2_000, steep=True, on_request=True, slow=True)
def fld(view: View) -> Tensor:
    """Feature likelihood divergence: surprise of held-out data under the samples less that under training data, x 100.

    In hundredths of a nat per feature, unbounded. Samples are the centres of a Gaussian mixture whose widths are fitted
    to the training data; the baseline has a random half of the training data as centres and fits to the rest, and no
    more centres are used on either side than there are on the other. A perfect generator gets about 0, not exactly,
    since its widths see all training data: 2.5 in the plane, -0.5 with 30 features. Low quality, missing modes and
    copies all raise it: a copy's Gaussian shrinks onto its original. Where the training data is thinned only copies of
    what is left are seen; `copies` looks at all of it. Modes that are only a little shrunken are not seen, since widths
    make up for them. Features are standardised by the held-out data, constant ones centred only.
    Noisy at small n (in the plane by 4.5 at n = 200, 2.4 at 600); fewer than 2 training or held-out samples: BadData.
    Jiralerspong et al., "Feature likelihood divergence: evaluating the generalization of generative models using
    samples", NeurIPS 2023.
    On the ring it saw every damage tried.
    """
    if min(len(view.train), len(view.real_samples)) < 2:
        raise BadData("fld needs at least 2 training and 2 held-out samples: give more")
    train, test, samples = (standardise(c, view.real_samples) for c in (view.train, view.real_samples, view.samples))
    rows, many = permutation(len(train), train.x.device, "metric", "fld"), min(len(samples), len(train) // 2)
    one, other = (FeatureSet(train.x[part], train.chunk) for part in (rows[:many], rows[many:]))
    return 100 * (misfit(samples.head(many), train, test) - misfit(one, other, test))


def misfit(centres: FeatureSet, data: FeatureSet, test: FeatureSet) -> Tensor:
    """Surprise of `test` under Gaussians about `centres` that fit `data`."""
    return negative_log_likelihood(test, centres, fit_log_variances(centres, data))


def standardise(features: FeatureSet, by: FeatureSet) -> FeatureSet:
    """The set in units of another's standard deviations about its mean, float64; constant features stay as wide."""
    squares = torch.stack([(x - by.mean).square().sum(0) for _, x in by.blocks()]).sum(0)
    deviation = (squares / (len(by) - 1)).sqrt()
    return FeatureSet((features.x.double() - by.mean) / deviation.masked_fill(deviation == 0, 1), features.chunk)


STEPS = 50


RATE = 0.5


KEEP = 0.9, 0.999  #: of the gradient's mean and of its square's, from step to step


NARROW, WIDE = -40.0, 20.0  #: bounds of the logarithm of a variance


SHRUNK = 0.81  #: what squared distances to the background's centre are multiplied with


LEAST = 1e-3  #: squared distance added before the first logarithm


FRACTION = 8  #: of the chunk: a block goes through six operations, and so small it stays close at hand, 4 times faster


def fit_log_variances(centres: FeatureSet, data: FeatureSet, steps: int = STEPS) -> Tensor:
    """(h,) logarithms of the variances about `centres` (h, d) under which `data` (m, d) is most likely.

    Found from what suits each centre's nearest sample. While fitting, one broad Gaussian more about the data's mean
    keeps far samples from dragging every width along. Holds m (h + 1) squared distances.
    """
    squared = all_squared_distances(data, centres, spare=1)
    reach = squared[:, :-1].amin(0) + LEAST
    logs = torch.cat([(reach / data.dimension).log(), reach.new_zeros(1)])
    for here, x in data.blocks():
        squared[here, -1] = (x - data.mean).square().sum(1) * SHRUNK
    return minimise(logs, squared, data, steps)[:-1]


def minimise(logs: Tensor, squared: Tensor, data: FeatureSet, steps: int) -> Tensor:
    """(h + 1,) `logs` after so many steps of Adam over all of the data. Kingma & Ba, "Adam: a method for stochastic
    optimization", ICLR 2015."""
    first, second = torch.zeros_like(logs), torch.zeros_like(logs)
    for step in range(1, steps + 1):
        gradient = likelihood_gradient(squared, logs, data)
        first, second = first.lerp(gradient, 1 - KEEP[0]), second.lerp(gradient.square(), 1 - KEEP[1])
        size = (second / (1 - KEEP[1] ** step)).sqrt() + 1e-8
        logs = logs - RATE * first / (1 - KEEP[0] ** step) / size
        logs[:-1].clamp_(NARROW, WIDE)
    return logs


def likelihood_gradient(squared: Tensor, logs: Tensor, data: FeatureSet) -> Tensor:
    """(h + 1,) derivative by `logs` of the mean surprise per feature; the background comes last, with weight 1."""
    weights = torch.full_like(logs, -math.log(len(logs) - 1))
    weights[-1] = 0
    height, narrow = weights - data.dimension * logs / 2, logs.neg().exp()
    shares, moments = torch.zeros_like(logs), torch.zeros_like(logs)
    for block in torch.split(squared, max(1, data.chunk // FRACTION // (8 * len(logs)))):
        share = torch.softmax(torch.addcmul(height, block, narrow, value=-0.5), 1)
        shares += share.sum(0)
        moments += share.mul_(block).sum(0)
    return (data.dimension * shares - moments * narrow) / (2 * data.dimension * len(data))


def negative_log_likelihood(data: FeatureSet, centres: FeatureSet, logs: Tensor) -> Tensor:
    """Scalar: mean negative log-likelihood of `data` per feature under the mixture, in nats."""
    likely = (
        all_squared_distances(data, centres)
        .div_(logs.exp())
        .add_(data.dimension * (logs + math.log(2 * math.pi)))
        .div_(-2)
    )
    return (math.log(len(centres)) - likely.logsumexp(1).mean()) / data.dimension


def all_squared_distances(data: FeatureSet, centres: FeatureSet, spare: int = 0) -> Tensor:
    """(m, h + spare) squared distances, and so many columns at 0."""
    table = torch.zeros(len(data), len(centres) + spare, dtype=torch.float64, device=data.x.device)
    for here, x in data.blocks():
        for there, y in centres.blocks():
            table[here, there] = squared_distances(x, y, centres.mean)
    return table
