"""Samples as they are scored: read like the reference, with their labels, in a number that can be looked at."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch

from gancheck.errors import BadParameter
from gancheck.evaluation.real_data.base import RealData
from gancheck.loading.open import open_samples
from gancheck.loading.options import ReadOptions
from gancheck.loading.samples import Samples
from gancheck.numerics.seeding import generator
from gancheck.scoring.sample_labels import label_samples

DEFAULT_COUNT = 10_000  #: samples asked of a generator unless told
MAX_SAMPLES = 1_000_000  #: samples that the verdict looks at


def read_samples(
    source: Any, real_data: RealData, count: int | None, latent: int | None, options: ReadOptions, sample_labels: Any
) -> Samples:
    """Samples from anywhere, at most `count`; a generator is asked once, so that all see the same samples."""
    opened = open_samples(source, what="samples", latent=latent, options=options, like=real_data.like)
    return limit_samples(label_samples(opened, sample_labels, real_data), count, latent)


def limit_samples(opened: Samples, count: int | None, latent: int | None) -> Samples:
    """At most `count` of them; BadParameter for a count below one, and for a latent's size beside samples."""
    if count is not None and count < 1:
        raise BadParameter(f"count = {count}: score at least 1 sample")
    if latent is not None and opened.count is not None:
        raise BadParameter(f"latent = {latent} is the size of a generator's latent; these are samples")
    if opened.count is None:
        opened = draw_samples(opened, count or DEFAULT_COUNT)
    return opened.some(count or MAX_SAMPLES, generator("cpu", "score", "count"))


def draw_samples(samples: Samples, count: int) -> Samples:
    """So many samples of an endless source, kept."""
    x = samples.take(count)
    return replace(samples, count=len(x), stream=lambda: iter(torch.split(x, 10_000)))
