"""The numbers themselves: range, normalisation, features that say nothing or drown the others, clipping.

Thresholds and their reasons. Points:
- a feature that does not vary, or holds one value in over 99 % of samples: warning; covariances become singular;
- standard deviations that differ by more than 100: warning; the smallest feature is then under 1 / 10,000 of a squared
  distance, so that neither the discriminator nor a metric sees it;
- a mean more than 10 standard deviations off zero, or a median standard deviation outside 0.01 ... 100: warning;
  networks start out for values about 1;
- over 1 % of samples, and at least 5, exactly at a feature's smallest or largest value, where it takes over 20 values,
  and 5 times as many as at each of the three values next to it: warning; a continuous feature is there once, and whole
  numbers are there about as often as their neighbours. Values outside [-1, 1] are a note: a tanh generator cannot reach
  them.
Images, in [-1, 1]:
- one that spans less than one grey level of 255: warning;
- all values within a quarter of the range: warning; usually a wrong divisor;
- pixels that never vary and over 5 % of values at the ends of the range are notes: backgrounds look the same.
"""

from __future__ import annotations

import torch
from torch import Tensor

from gancheck.inspection.feature_names import list_features, name_feature, name_features
from gancheck.inspection.problem import Problem
from gancheck.inspection.summary import DataSummary

SAME = 0.99
UNEVEN = 100.0
OFFSET = 10.0
SMALL, LARGE = 0.01, 100.0
CLIPPED, CLIPPED_LEAST, CONTINUOUS = 0.01, 5, 20
PILED, BESIDE = 5, 3  #: times as many samples at an end as at the values next to it, and how many of these
LEVEL = 2 / 255
NARROW = 0.5
ENDS = 0.05


def of_points(summary: DataSummary) -> list[Problem]:
    """Everything about points."""
    fixed = summary.high <= summary.low
    stuck = fixed | nearly_constant(summary.kept)
    return [*of_numbers(summary, fixed, stuck), *clipped_features(summary, ~fixed), *outside(summary)]


def of_sequences(summary: DataSummary) -> list[Problem]:
    """Everything about series and clouds; their features are counted step by step, or point by point."""
    fixed = summary.high <= summary.low
    return [*of_numbers(summary, fixed, fixed), *outside(summary)]


def of_numbers(summary: DataSummary, fixed: Tensor, stuck: Tensor) -> list[Problem]:
    """What hardly varies, drowns the rest or is far off zero."""
    return [*constant(stuck, summary), *uneven_scales(summary, ~fixed), *off_centre(summary, ~fixed)]


def of_images(summary: DataSummary) -> list[Problem]:
    """Everything about images."""
    return [*blank(summary), *narrow(summary), *still(summary), *at_ends(summary)]


def constant(stuck: Tensor, summary: DataSummary) -> list[Problem]:
    """Features that are the same in all samples, or nearly all."""
    if not stuck.any() or len(summary.kept) < 2:
        return []
    text = f"{name_features(summary, stuck)} hardly ever var{'ies' if stuck.sum() == 1 else 'y'}; drop what is constant"
    return [Problem("constant-features", "warning", text, list_features(summary, stuck))]


def nearly_constant(kept: Tensor) -> Tensor:
    """(d,) features that hold one value in nearly all samples."""
    return (kept == kept.median(dim=0).values).double().mean(0) > SAME


def uneven_scales(summary: DataSummary, varying: Tensor) -> list[Problem]:
    """Features of wildly different scale."""
    sd = summary.sd
    varying = varying & (sd > 0)
    if varying.sum() < 2:
        return []
    least, most = sd.where(varying, torch.inf).argmin(), sd.argmax()
    ratio = float(sd[most] / sd[least])
    if ratio <= UNEVEN:
        return []
    text = (
        f"{name_feature(summary, int(most))} varies {ratio:.3g} times as much as {name_feature(summary, int(least))}, "
        "which no distance will see; divide each feature by its standard deviation"
    )
    return [Problem("uneven-features", "warning", text, {"ratio": ratio, "sd": [float(sd[least]), float(sd[most])]})]


def off_centre(summary: DataSummary, varying: Tensor) -> list[Problem]:
    """Far from mean 0, or from deviations about 1."""
    problems = []
    off = varying & (summary.mean.abs() > OFFSET * summary.sd)
    if off.any():
        worst = int((summary.mean.abs() / summary.sd).where(off, 0).argmax())
        mean, sd = summary.mean[worst], summary.sd[worst]
        text = f"{name_features(summary, off)}: mean {mean:.4g}, standard deviation {sd:.4g}; subtract the mean"
        problems.append(Problem("offset", "warning", text, list_features(summary, off)))
    if varying.any() and not SMALL <= (usual := float(summary.sd[varying].median())) <= LARGE:
        text = f"features vary by {usual:.3g} (median standard deviation); divide by it, networks start out for about 1"
        problems.append(Problem("scale", "warning", text, {"median_sd": usual}))
    return problems


def clipped_features(summary: DataSummary, varying: Tensor) -> list[Problem]:
    """Samples that pile up at a feature's ends."""
    ends = torch.tensor([piled_ends(column) for column in summary.kept.T])
    low = varying & ends[:, 0] & has_many(summary, summary.at_low)
    high = varying & ends[:, 1] & has_many(summary, summary.at_high)
    piled = low | high
    if not piled.any():
        return []
    most = torch.maximum(summary.at_low.where(low, 0), summary.at_high.where(high, 0))
    worst = int(most.argmax())
    share = float(most[worst]) / summary.count
    end = summary.high[worst] if high[worst] and summary.at_high[worst] == most[worst] else summary.low[worst]
    text = (
        f"{name_features(summary, piled)} look{'s' if piled.sum() == 1 else ''} clipped: {100 * share:.3g} % of "
        f"samples are exactly at {end:.4g} in {name_feature(summary, worst)}; train on the values before clipping"
    )
    return [Problem("clipping", "warning", text, {**list_features(summary, piled), "share": share})]


def has_many(summary: DataSummary, held: Tensor) -> Tensor:
    """(d,) bool, features that hold one value more often than a continuous one does; `held` (d,) counts it."""
    return (held > CLIPPED * summary.count) & (held >= CLIPPED_LEAST)


def piled_ends(column: Tensor) -> tuple[bool, bool]:
    """Whether far more of a feature's values (m,) are at the smallest, and at the largest, than next to it."""
    values, counts = torch.unique(column, return_counts=True)
    if len(values) <= CONTINUOUS:
        return False, False
    low, high = counts[1 : 1 + BESIDE].max(), counts[-1 - BESIDE : -1].max()
    return bool(counts[0] >= PILED * low), bool(counts[-1] >= PILED * high)


def outside(summary: DataSummary) -> list[Problem]:
    """Beyond the reach of a tanh generator."""
    low, high = float(summary.low.min()), float(summary.high.max())
    if max(-low, high) <= 1:
        return []
    text = f"values run from {low:.4g} to {high:.4g}; a generator that ends in tanh reaches [-1, 1] only"
    return [Problem("range", "note", text, {"low": low, "high": high})]


def blank(summary: DataSummary) -> list[Problem]:
    """Images of one grey level."""
    rows = (summary.spans < LEVEL).nonzero()[:, 0]
    if not len(rows):
        return []
    text = (
        f"one flat colour: {len(rows):,} of {summary.count:,} images, such as {summary.place(int(rows[0]))}; "
        "drop those that are mistakes"
    )
    return [Problem("constant-images", "warning", text, {"images": len(rows), "rows": rows[:20].tolist()})]


def narrow(summary: DataSummary) -> list[Problem]:
    """A fraction of the range."""
    low, high = float(summary.low.min()), float(summary.high.max())
    if high - low >= NARROW:
        return []
    text = f"all values lie in {low:.3g} ... {high:.3g}, not about [-1, 1]; scale by the images' own largest value"
    return [Problem("range", "warning", text, {"low": low, "high": high})]


def still(summary: DataSummary) -> list[Problem]:
    """Pixels that never vary."""
    fixed = summary.high <= summary.low
    if not fixed.any() or summary.count < 2:
        return []
    text = (
        f"{int(fixed.sum()):,} of {len(fixed):,} values of an image are the same in all, such as a border; no harm done"
    )
    return [Problem("constant-features", "note", text, {"values": int(fixed.sum()), "of": len(fixed)})]


def at_ends(summary: DataSummary) -> list[Problem]:
    """Values at the darkest and the brightest."""
    dark = float(summary.at_low[summary.low <= -1].sum()) / (summary.count * len(summary.low))
    bright = float(summary.at_high[summary.high >= 1].sum()) / (summary.count * len(summary.low))
    if max(dark, bright) <= ENDS:
        return []
    text = (
        f"{100 * dark:.3g} % of values are at the darkest, {100 * bright:.3g} % at the brightest: a background, or "
        "overexposed pictures"
    )
    return [Problem("clipping", "note", text, {"share_low": dark, "share_high": bright})]
