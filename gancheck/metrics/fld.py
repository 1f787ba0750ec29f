"""How likely held-out data is under the samples, when their surroundings are fitted to the training data."""

from __future__ import annotations

import torch
from torch import Tensor

from gancheck.cloud import Cloud
from gancheck.errors import BadData
from gancheck.metrics.base import metric
from gancheck.mixture import surprise, widths
from gancheck.streams import order
from gancheck.view import View


@metric("fld", better="lower", needs="train", at_most=2_000, asked=True)
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
    train, test, samples = (standardised(c, view.real_samples) for c in (view.train, view.real_samples, view.samples))
    rows, many = order(len(train), train.x.device, "metric", "fld"), min(len(samples), len(train) // 2)
    one, other = (Cloud(train.x[part], train.chunk) for part in (rows[:many], rows[many:]))
    return 100 * (misfit(samples.head(many), train, test) - misfit(one, other, test))


def misfit(centres: Cloud, data: Cloud, test: Cloud) -> Tensor:
    """Surprise of `test` under Gaussians about `centres` that fit `data`."""
    return surprise(test, centres, widths(centres, data))


def standardised(cloud: Cloud, by: Cloud) -> Cloud:
    """The cloud in units of another's standard deviations about its mean, float64; constant features stay as wide."""
    squares = torch.stack([(x - by.mean).square().sum(0) for _, x in by.blocks()]).sum(0)
    deviation = (squares / (len(by) - 1)).sqrt()
    return Cloud((cloud.x.double() - by.mean) / deviation.masked_fill(deviation == 0, 1), cloud.chunk)
