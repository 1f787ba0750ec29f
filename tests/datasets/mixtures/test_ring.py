from __future__ import annotations

import pytest
import torch

from gancheck.datasets.mixtures.ring import Ring
from gancheck.errors import BadParameter


def test_eight_modes_lie_at_eight_distinct_places_on_the_circle() -> None:
    centres = Ring().centres
    gaps = torch.cdist(centres, centres) + torch.eye(8) * 9
    assert gaps.min().item() == pytest.approx(2 * torch.tensor(torch.pi / 8).sin().item(), rel=1e-6)
    torch.testing.assert_close(gaps.min(1).values, gaps.min().expand(8))
    torch.testing.assert_close(centres.norm(dim=1), torch.ones(8, dtype=torch.float64))


def test_radius_scales_the_circle() -> None:
    torch.testing.assert_close(Ring(radius=2.5).centres, 2.5 * Ring().centres)


def test_ring_of_one_mode_is_allowed_and_of_none_is_not() -> None:
    assert Ring(modes=1).weights.tolist() == [1.0]
    with pytest.raises(BadParameter, match="at least one mode"):
        Ring(modes=0)


@pytest.mark.parametrize("radius", [0.0, -1.0, float("nan")])
def test_ring_without_a_radius_is_refused(radius: float) -> None:
    with pytest.raises(BadParameter, match="radius"):
        Ring(radius=radius)
