"""Columns brought to one scale by the reference, so that no unit, no constant and no heavy tail decides a verdict."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from gancheck.errors import BadData
from gancheck.numerics.features import fill_rows

TRIMMED = 0.005  #: share of values at either end that set no scale: a few huge ones must not hide all others
FAR = 5.0  #: scales from the centre, beyond which values enter by their logarithm, as far as real ones reach
RARE = 0.1  #: share of the rarer of two values, below which their difference is the scale: many flags are one word
LEAST = 1e-12  #: of the largest value: a narrower column is constant
ROUNDED = 8  #: roundings of its numbers, to which a column is constant too
FITTED = 20_000  #: reference samples that the scales are taken from
COLUMNS = 64  #: sorted at once


@dataclass(frozen=True, eq=False)
class ColumnScale:
    """Centre and scale of every column; columns that are constant in real data are kept apart."""

    centre: Tensor  #: (d,) float64, mean without the outermost values
    scale: Tensor  #: (d,) float64, standard deviation without the outermost values; 1 where constant
    varies: Tensor  #: (d,) bool
    reach: Tensor  #: (d,) float64, of real data, in scales from the centre; at least `FAR`

    @classmethod
    def fit(cls, features: Tensor) -> ColumnScale:
        """From real features (m, d), finite; the first 20,000 do. BadData where all columns are constant."""
        parts = [fit_columns(part) for part in torch.split(features[:FITTED], COLUMNS, dim=1)]
        centre, scale = (torch.cat(column) for column in zip(*parts, strict=True))
        low, high = features.amin(0).double(), features.amax(0).double()
        size = torch.maximum(high, -low)
        varies = scale > least_width(features) * size
        if not varies.any():
            raise BadData("all reference samples are the same: there is nothing to compare with")
        scale = torch.where(varies, scale, 1.0)
        reach = torch.maximum(high - centre, centre - low) / scale
        return cls(centre, scale, varies, reach.clamp_min(FAR))

    def apply(self, features: Tensor) -> Tensor:
        """(n, v) the columns that vary, in scales about the centre; of the dtype of `features`.

        Values beyond five scales enter by their logarithm, and beyond all real ones as they are: order is kept, and
        samples far from all data keep their spread.
        """
        return fill_rows(features.new_empty(len(features), int(self.varies.sum())), features, self.apply_rows)

    def apply_rows(self, features: Tensor) -> Tensor:
        """The same for a few rows in float64."""
        z = (features[:, self.varies] - self.centre[self.varies]) / self.scale[self.varies]
        size, reach = z.abs(), self.reach[self.varies]
        tail = FAR * (torch.minimum(size, reach).clamp_min(FAR) / FAR).log()
        return z.sign() * (size.clamp_max(FAR) + tail + (size - reach).clamp_min(0))


def least_width(features: Tensor) -> float:
    """Width, over the largest value, from which on a column of such numbers varies beyond their rounding."""
    return max(LEAST, ROUNDED * torch.finfo(features.dtype).eps)


def fit_columns(features: Tensor) -> tuple[Tensor, Tensor]:
    """(d,) centres and scales; where the inner values are all one, those of all values."""
    ordered = features.double().T.contiguous().sort(1).values.T  # columns in one piece are sorted faster
    cut = int(TRIMMED * len(ordered))
    inner = ordered[cut : len(ordered) - cut]
    centre, scale = inner.mean(0), inner.std(0)
    narrow = scale <= LEAST * ordered.abs().amax(0)
    centre, scale = torch.where(narrow, ordered.mean(0), centre), torch.where(narrow, ordered.std(0), scale)
    return centre, torch.where(is_rare_flag(ordered), ordered[-1] - ordered[0], scale)


def is_rare_flag(ordered: Tensor) -> Tensor:
    """(d,) bool, columns of two values (m, d), ascending, one of which is rare."""
    low, high = (ordered == ordered[0]).double().mean(0), (ordered == ordered[-1]).double().mean(0)
    return (low + high == 1) & (torch.minimum(low, high) < RARE) & (ordered[-1] > ordered[0])
