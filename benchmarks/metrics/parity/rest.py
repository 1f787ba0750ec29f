"""Metrics of class probabilities, images and histograms: ours, and those of other libraries."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from scipy.spatial.distance import cityblock, jensenshannon
from scipy.stats import entropy, power_divergence
from torch import Tensor, nn

from benchmarks.metrics.parity import plainly, reasons
from benchmarks.metrics.parity.hard import Histogram, Pictures
from benchmarks.metrics.parity.peers import Contest, Measure, Peer, contest
from gancheck.datasets.base import Assignment, Facet
from gancheck.evaluation.modes import Modes
from gancheck.evaluation.view import View
from gancheck.metrics.balance import LARGE, mode_balance
from gancheck.metrics.histogram import forward_kl, jsd, reverse_kl, tv
from gancheck.metrics.inception_score import inception_score
from gancheck.metrics.modes import effective_modes
from gancheck.metrics.ms_ssim import scales, similarity
from gancheck.system.torchvision_compat import torchvision_operators

torchvision_operators()

from torch_fidelity import metric_isc  # noqa: E402
from torchmetrics.functional.image import multiscale_structural_similarity_index_measure  # noqa: E402
from torchmetrics.image.inception import InceptionScore  # noqa: E402

Number = Any


def of_logits(logits: Tensor) -> float:
    """Our score; the samples themselves do not count."""
    return float(inception_score(View(torch.zeros(len(logits), 1), classes=logits.double().softmax(1))))


def on_logits() -> Iterator[Contest]:
    """What looks at class probabilities."""
    yield contest(
        "inception-score",
        of_logits,
        plainly.inception_score,
        Peer("torch-fidelity, one split", score_by_fidelity, reasons.SCORE),
        Peer("torch-fidelity, ten splits", score_by_splits, reasons.SPLITS, exact=plainly.score_of_splits),
        Peer("torchmetrics, one split", score_by_torchmetrics, reasons.SCORE),
        Peer("scipy", score_by_scipy, reasons.SCORE_SCIPY),
    )


def alike(pictures: Pictures) -> float:
    """Our similarity, on average."""
    return float(similarity(*pictures).mean())


def on_pictures() -> Iterator[Contest]:
    """What looks at pixels."""
    mirrored = Peer("torchmetrics", likeness_by_torchmetrics, reasons.LIKENESS, plainly.mirrored_likeness)
    yield contest("ms-ssim", alike, plainly.likeness, mirrored)


def on_modes(metric: Callable[[View], Any]) -> Measure:
    """Our metric on samples in modes, every one of high quality, as every real one is."""

    def of(histogram: Histogram) -> float:
        label = torch.from_numpy(np.repeat(np.arange(len(histogram.counts)), histogram.counts.astype(int)))
        x, one = torch.zeros(len(label), 1), torch.ones(len(histogram.weights))
        parts = Assignment(label, x[:, 0]), (Facet(x, label),), torch.from_numpy(histogram.weights), one
        return float(metric(View(x, modes=Modes(*parts, ceiling=1.0))))

    return of


def on_histograms() -> Iterator[Contest]:
    """What compares counts with shares."""
    for name, ours, exact, theirs, why in (
        ("reverse-kl", reverse_kl, plainly.reverse_kl, divergence_by_scipy, reasons.ROUNDING),
        ("forward-kl", forward_kl, plainly.forward_kl, forward_by_scipy, reasons.ROUNDING),
        ("jsd", jsd, plainly.jsd, jsd_by_scipy, reasons.ROUNDING),
        ("tv", tv, plainly.tv, tv_by_scipy, reasons.SAME),
        ("effective-modes", effective_modes, plainly.effective_modes, effective_by_scipy, reasons.SAME),
    ):
        yield contest(name, on_modes(ours), exact, Peer("scipy", theirs, why))
    plain = Peer("scipy", balance_by_scipy, reasons.G_TEST, exact=plainly.plain_g_test, fits=well_filled)
    yield contest("mode-balance", on_modes(mode_balance), plainly.g_test, plain)


def well_filled(histogram: Histogram) -> bool:
    """Enough samples in every mode for the chi-square law."""
    return bool(histogram.counts.sum() * histogram.weights.min() >= LARGE)


def score_by_fidelity(logits: Tensor) -> Number:
    """One split."""
    return metric_isc.isc_features_to_metric(logits, splits=1)[metric_isc.KEY_METRIC_ISC_MEAN]


def score_by_splits(logits: Tensor) -> Number:
    """Ten splits, as papers have it."""
    return metric_isc.isc_features_to_metric(logits, splits=10)[metric_isc.KEY_METRIC_ISC_MEAN]


def score_by_torchmetrics(logits: Tensor) -> Number:
    """One split."""
    with warnings.catch_warnings(), torch.random.fork_rng(devices=[]):
        warnings.simplefilter("ignore")
        metric = InceptionScore(feature=nn.Identity(), splits=1)
        metric.update(logits)
        return float(metric.compute()[0])


def score_by_scipy(logits: Tensor) -> Number:
    """From its entropy."""
    p = logits.double().softmax(1).numpy()
    return np.exp(entropy(p, np.broadcast_to(p.mean(0), p.shape), axis=1).mean())


def likeness_by_torchmetrics(pictures: Pictures) -> Number:
    """With as many scales as ours."""
    a, b = ((x + 1) / 2 for x in pictures)
    betas = scales(min(a.shape[-2:]))
    return float(multiscale_structural_similarity_index_measure(a, b, data_range=1.0, betas=betas, normalize="relu"))


def divergence_by_scipy(histogram: Histogram) -> Number:
    """It normalises the counts itself."""
    return entropy(histogram.counts, histogram.weights)


def forward_by_scipy(histogram: Histogram) -> Number:
    """With the added half."""
    return entropy(histogram.weights, histogram.counts + 0.5)


def jsd_by_scipy(histogram: Histogram) -> Number:
    """The square of its distance."""
    return jensenshannon(*histogram) ** 2


def tv_by_scipy(histogram: Histogram) -> Number:
    """Half its city-block distance."""
    return cityblock(histogram.counts / histogram.counts.sum(), histogram.weights) / 2


def effective_by_scipy(histogram: Histogram) -> Number:
    """Of its entropy."""
    return np.exp(entropy(histogram.counts))


def balance_by_scipy(histogram: Histogram) -> Number:
    """Its G-test."""
    counts, weights = histogram
    return power_divergence(counts, counts.sum() * weights, lambda_="log-likelihood").pvalue
