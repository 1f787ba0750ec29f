"""Columns brought to one scale by the reference, so that no unit, no constant and no heavy tail decides a verdict."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from gancheck.errors import BadData
from gancheck.numerics.features import fill_rows

TRIMMED = 0.005  #: share of values at either end that set no scale: a few huge ones must not hide all others
FAR = 5.0  #: scales from the centre, beyond which values enter by their logarithm
LEAST = 1e-12  #: of the largest value: a narrower column is constant to rounding
FITTED = 20_000  #: reference samples that the scales are taken from
COLUMNS = 64  #: sorted at once


@dataclass(frozen=True, eq=False)
class ColumnScale:
    """Centre and scale of every column; columns that are constant in real data are kept apart."""

    centre: Tensor  #: (d,) float64, mean without the outermost values
    scale: Tensor  #: (d,) float64, standard deviation without the outermost values; 1 where constant
    varies: Tensor  #: (d,) bool

    @classmethod
    def fit(cls, features: Tensor) -> ColumnScale:
        """From real features (m, d), finite; the first 20,000 do. BadData where all columns are constant."""
        parts = [fit_columns(part) for part in torch.split(features[:FITTED], COLUMNS, dim=1)]
        centre, scale = (torch.cat(column) for column in zip(*parts, strict=True))
        size = torch.maximum(features[:FITTED].amax(0), -features[:FITTED].amin(0)).double()
        varies = scale > LEAST * size
        if not varies.any():
            raise BadData("all reference samples are the same: there is nothing to compare with")
        return cls(centre, torch.where(varies, scale, 1.0), varies)

    def apply(self, features: Tensor) -> Tensor:
        """(n, v) the columns that vary, in scales about the centre; of the dtype of `features`.

        Values beyond five scales enter by their logarithm, which keeps their order.
        """
        return fill_rows(features.new_empty(len(features), int(self.varies.sum())), features, self.apply_rows)

    def apply_rows(self, features: Tensor) -> Tensor:
        """The same for a few rows in float64."""
        z = (features[:, self.varies] - self.centre[self.varies]) / self.scale[self.varies]
        size = z.abs()
        beyond = FAR * (1 + (size.clamp_min(FAR) / FAR).log())
        return torch.where(size > FAR, z.sign() * beyond, z)


def fit_columns(features: Tensor) -> tuple[Tensor, Tensor]:
    """(d,) centres and scales; where the inner values are all one, those of all values."""
    ordered = features.double().T.contiguous().sort(1).values.T  # columns in one piece are sorted faster
    cut = int(TRIMMED * len(ordered))
    inner = ordered[cut : len(ordered) - cut]
    centre, scale = inner.mean(0), inner.std(0)
    narrow = scale <= LEAST * ordered.abs().amax(0)
    return torch.where(narrow, ordered.mean(0), centre), torch.where(narrow, ordered.std(0), scale)
