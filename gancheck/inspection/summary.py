"""One pass over the samples: moments, extremes, fingerprints, and a sub-sample for the work on neighbours."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import adaptive_avg_pool2d

from gancheck.errors import BadData
from gancheck.extractors.cloud import CloudFeatures
from gancheck.extractors.series import SeriesFeatures
from gancheck.extractors.video import VideoFeatures
from gancheck.loading.options import Kind
from gancheck.loading.samples import Samples
from gancheck.numerics.seeding import generator

THUMBNAIL = 16  #: pixels a side; copies stay copies when images are averaged down to it
FEW = 3  #: features up to which a tree finds neighbours fast


@dataclass(frozen=True, eq=False)
class DataSummary:
    """What one pass leaves. d counts the numbers of a sample; images are in [-1, 1]."""

    count: int
    mean: Tensor  #: (d,) float64
    sd: Tensor  #: (d,) float64
    low: Tensor  #: (d,) float64, smallest value
    high: Tensor  #: (d,) float64
    at_low: Tensor  #: (d,) int64, samples that hold the smallest value exactly
    at_high: Tensor  #: (d,) int64
    spans: Tensor  #: (n,) float64, largest minus smallest value inside each sample
    prints: NDArray[np.int64]  #: (n,) equal where samples are equal bit for bit
    rows: Tensor  #: (m,) int64, ascending: the sub-sample
    kept: Tensor  #: (m, p) float64, the sub-sample: points as they are, images as thumbnails, all else by its features
    names: tuple[str, ...] = ()  #: files, one a sample, for images from a folder
    columns: tuple[str, ...] = ()  #: names of the d features, where points have some
    kind: Kind = "points"

    def place(self, row: int) -> str:
        """Where a sample is found: `row 3`, or its file."""
        return self.names[row] if self.names else f"row {row}"


def summarise(samples: Samples) -> DataSummary:
    """Read everything once. BadData for endless or empty samples."""
    if not samples.count:
        raise BadData(f"{samples.name}: inspect looks at a finite set of samples; save some and inspect these")
    reduce = REDUCTIONS[samples.kind]
    rows = choose_rows(samples.count, reduce(samples.take(1)).shape[1])
    sums, spans, prints, kept, start = Extremes(), [], [], [], 0
    for batch in samples.stream():
        flat = batch.flatten(1)
        sums.add(flat.double())
        spans.append((flat.amax(1) - flat.amin(1)).double())
        prints.append(fingerprints(flat))
        here = rows[(rows >= start) & (rows < start + len(batch))] - start
        kept.append(reduce(batch[here]) if len(here) else torch.empty(0))
        start += len(batch)
    whole = torch.cat(spans), np.concatenate(prints), rows, torch.cat([part for part in kept if len(part)])
    return DataSummary(start, *sums.result(), *whole, names(samples.files), samples.columns, samples.kind)


def names(files: tuple[Path, ...]) -> tuple[str, ...]:
    """Files below the folder that they have in common."""
    shared = os.path.commonpath([file.parent for file in files]) if files else ""
    return tuple(file.relative_to(shared).as_posix() for file in files)


def choose_rows(count: int, size: int) -> Tensor:
    """Rows for the work on neighbours: up to 100,000 where a tree finds them, 2,000 to 10,000 elsewhere."""
    most = 100_000 if size <= FEW else min(10_000, max(2_000, 3_000_000 // size))
    if count <= most:
        return torch.arange(count)
    return torch.randperm(count, generator=generator("cpu", "inspect", "rows"))[:most].sort().values


def fingerprints(flat: Tensor) -> NDArray[np.int64]:
    """(b,) 64-bit hashes of the rows; -0 counts as 0."""
    return np.array([hash(row.tobytes()) for row in (flat + 0.0).contiguous().numpy()], dtype=np.int64)


def numbers_of(batch: Tensor) -> Tensor:
    """(b, d) float64: points as they are."""
    return batch.flatten(1).double()


def thumbnails(batch: Tensor) -> Tensor:
    """(b, p) float64: images averaged down to at most 16 x 16."""
    side = (min(batch.shape[2], THUMBNAIL), min(batch.shape[3], THUMBNAIL))
    return adaptive_avg_pool2d(batch, side).flatten(1).double()


#: What neighbours are looked for in: series, clouds and videos in the features that they are scored by.
REDUCTIONS: dict[Kind, Callable[[Tensor], Tensor]] = {
    "points": numbers_of,
    "images": thumbnails,
    "series": lambda batch: SeriesFeatures().features(batch).double(),
    "cloud": lambda batch: CloudFeatures().features(batch).double(),
    "video": lambda batch: VideoFeatures().features(batch).double(),
}


class Extremes:
    """Running moments and extremes of every number of a sample, summed about the first sample."""

    def __init__(self) -> None:
        self.n = 0

    def add(self, x: Tensor) -> None:
        """(b, d) float64 samples."""
        low, high = x.amin(0), x.amax(0)
        if not self.n:
            self.origin, self.sum, self.squares = x[0].clone(), torch.zeros_like(low), torch.zeros_like(low)
            self.low, self.high = low.clone(), high.clone()
            self.at_low, self.at_high = torch.zeros_like(low).long(), torch.zeros_like(low).long()
        self.n += len(x)
        self.sum += (x - self.origin).sum(0)
        self.squares += (x - self.origin).square().sum(0)
        self.at_low = torch.where(low < self.low, 0, self.at_low) + (x == torch.minimum(low, self.low)).sum(0)
        self.at_high = torch.where(high > self.high, 0, self.at_high) + (x == torch.maximum(high, self.high)).sum(0)
        self.low, self.high = torch.minimum(low, self.low), torch.maximum(high, self.high)

    def result(self) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]:
        """Mean, standard deviation, smallest, largest, and how often the last two."""
        mean = self.sum / self.n
        sd = (self.squares / self.n - mean.square()).clamp_min(0).sqrt()
        return self.origin + mean, sd, self.low, self.high, self.at_low, self.at_high
