"""Features brought to one scale by the reference, for metrics that units would decide."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, get_args

import torch
from torch import Tensor

from gancheck.errors import BadParameter, did_you_mean
from gancheck.evaluation.real_data.base import SampleSet
from gancheck.numerics.features import FeatureSet

Scale = Literal["standard", "robust"]

CONSTANT = 1e-12  #: of the largest value: a column that varies less is constant but for rounding,
ROUNDING = 8  #: or this many times the precision of its numbers
DECIDES = 0.9  #: share of the reference's variance beyond which one column decides what distances see
ROWS = 16_384  #: brought to scale at once
COLUMNS = 64  #: sorted at once


def read_scale(text: str | None) -> Scale | None:
    """`standard`, `robust`, or None; BadParameter for anything else."""
    known: tuple[Scale, ...] = get_args(Scale)
    found = next((scale for scale in known if scale == text), None)
    if text is not None and found is None:
        hint = did_you_mean(str(text), known)
        raise BadParameter(f"scale = {text!r}: take standard (mean and deviation) or robust (median and IQR).{hint}")
    return found


@dataclass(frozen=True, eq=False)
class FeatureScale:
    """Centre and width of every column."""

    centre: Tensor  #: (d,) float64
    width: Tensor  #: (d,) float64; 1 where the reference is constant, so that such a column is centred only
    scale: Scale
    constant: int  #: columns in which the reference is constant

    @classmethod
    def fit(cls, reference: Tensor, scale: Scale) -> FeatureScale:
        """From reference features (m, d): means and deviations, or medians and interquartile ranges.

        Deviations divide by m. A column whose middle half is one value has its deviation for a width.
        """
        real = FeatureSet(reference)
        deviation = column_variances(real).sqrt()
        least = max(CONSTANT, ROUNDING * torch.finfo(real.x.dtype).eps)
        varies = deviation > least * real.x.abs().amax(0).double()
        centre, width = (real.mean, deviation) if scale == "standard" else quartiles(real.x)
        width = torch.where(width > 0, width, deviation)
        return cls(centre, torch.where(varies, width, 1.0), scale, int((~varies).sum()))

    def apply(self, features: Tensor) -> Tensor:
        """(n, d) in widths about the centre, worked in float64, of the dtype that came."""
        return torch.cat(
            [((x.double() - self.centre) / self.width).to(features.dtype) for x in torch.split(features, ROWS)]
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """What was done to the features."""
        by = {"standard": "means and standard deviations", "robust": "medians and interquartile ranges"}[self.scale]
        rest = f"; {self.constant} that are constant there are only centred" if self.constant else ""
        return (f"metrics of features compare columns brought to one scale by the reference's {by}{rest}",)

    def of(self, side: SampleSet) -> SampleSet:
        """Samples with their features on this scale."""
        return replace(side, features=self.apply(side.features))


def column_variances(features: FeatureSet) -> Tensor:
    """(d,) float64 mean squares about the mean."""
    return torch.stack([(x - features.mean).square().sum(0) for _, x in features.blocks()]).sum(0) / len(features)


def quartiles(features: Tensor) -> tuple[Tensor, Tensor]:
    """(d,) medians and interquartile ranges, float64, interpolated between samples."""
    parts = []
    for columns in torch.split(features, COLUMNS, dim=1):
        ordered = columns.double().sort(0).values
        parts.append(torch.stack([quantile_of(ordered, share) for share in (0.25, 0.5, 0.75)]))
    low, middle, high = torch.cat(parts, 1)
    return middle, high - low


def quantile_of(ordered: Tensor, share: float) -> Tensor:
    """(d,) quantile of ascending columns (m, d)."""
    place = share * (len(ordered) - 1)
    below = int(place)
    return torch.lerp(ordered[below], ordered[min(below + 1, len(ordered) - 1)], place - below)


def deciding_column(reference: Tensor) -> tuple[int, float] | None:
    """The column that holds more than 90 % of the variance of (m, d) features, and its share; None where none does."""
    variance = column_variances(FeatureSet(reference))
    total = float(variance.sum())
    if len(variance) < 2 or not total:
        return None
    largest = int(variance.argmax())
    share = float(variance[largest]) / total
    return (largest, share) if share > DECIDES else None


def describe_deciding_column(reference: Tensor, names: tuple[str, ...]) -> tuple[str, ...]:
    """A warning where one column of the features (m, d) decides metrics; `names` are the columns', or ()."""
    found = deciding_column(reference)
    if found is None:
        return ()
    column, share = found
    name = names[column] if len(names) == reference.shape[1] else str(column + 1)
    percent = f"{share:.0%}" if share < 0.995 else "nearly all"
    return (
        f"column {name} holds {percent} of the reference's variance, so metrics of features see little else: "
        "--scale standard brings all columns to one scale",
    )
