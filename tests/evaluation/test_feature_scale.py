"""Columns on one scale."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.preprocessing import RobustScaler, StandardScaler

from gancheck.errors import BadParameter
from gancheck.evaluation.feature_scale import FeatureScale, describe_deciding_column, read_scale


def real() -> torch.Tensor:
    x = torch.randn(501, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    return x * torch.tensor([1e6, 1.0, 1e-6]) + torch.tensor([1e8, 0.0, 3.0])


@pytest.mark.parametrize(("scale", "peer"), [("standard", StandardScaler()), ("robust", RobustScaler())])
def test_scales_are_scikit_learns(scale, peer) -> None:
    x, other = real(), real()[:7] * 1.5
    peer.fit(x.numpy())
    made = FeatureScale.fit(x, scale).apply(other)
    np.testing.assert_allclose(made.numpy(), peer.transform(other.numpy()), rtol=1e-6)


def test_constant_columns_are_only_centred_and_said() -> None:
    x = torch.cat([real(), torch.full((501, 1), 7.0)], 1)
    scale = FeatureScale.fit(x, "standard")
    assert scale.apply(torch.tensor([[1e8, 0.0, 3.0, 9.5]], dtype=torch.float64))[0, 3] == pytest.approx(2.5)
    assert "1 that are constant there are only centred" in scale.notes[0]


def test_rounding_of_single_precision_is_no_variance() -> None:
    x = torch.cat([real().float(), torch.full((501, 1), 1e5)], 1)
    x[::2, 3] = torch.nextafter(x[::2, 3], torch.tensor(torch.inf))
    assert FeatureScale.fit(x, "standard").constant == 2  # 3 + 1e-6 is 3 in single precision
    assert FeatureScale.fit(x.double(), "standard").constant == 0


def test_a_column_of_mostly_one_value_keeps_its_deviation_as_width() -> None:
    x = torch.zeros(400, 1)
    x[:40] = 1
    assert FeatureScale.fit(x, "robust").width.item() == pytest.approx(0.3)


def test_a_column_that_decides_is_named() -> None:
    wide = real()[:, :2]
    assert describe_deciding_column(wide, ())[0].startswith("column 1 holds nearly all of the reference's variance")
    assert "column income holds" in describe_deciding_column(wide, ("income", "age"))[0]
    assert describe_deciding_column(torch.randn(200, 3), ()) == ()
    assert describe_deciding_column(wide[:, :1], ()) == ()


def test_other_scales_are_one_line() -> None:
    with pytest.raises(BadParameter, match=r"scale = 'standrd': take standard .* Did you mean 'standard'"):
        read_scale("standrd")
    assert read_scale(None) is None
