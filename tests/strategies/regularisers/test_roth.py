from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from gancheck.errors import BadParameter


def penalty(d: Any) -> torch.Tensor:
    """The paper's regulariser with gamma = 2, by plain calls."""
    real, fake = torch.sigmoid(d.real), torch.sigmoid(d.fake)
    slopes = [d.slope(x).square().sum(1) for x in (d.x, d.samples)]
    return ((1 - real) ** 2 * slopes[0]).mean() + (fake**2 * slopes[1]).mean()


def test_slopes_are_weighed_by_how_wrong_the_discriminator_is(duel: Callable[..., Any]) -> None:
    d = duel("roth(gamma=2.0)")
    torch.testing.assert_close(d.loss(), duel("none").loss() + penalty(d))
    assert penalty(d) > 1e-4


def test_weight_falls_to_a_share_of_itself(duel: Callable[..., Any]) -> None:
    plain = duel("none").loss()
    for progress, share in ((0.5, 0.2), (1.0, 0.04)):
        d = duel("roth(gamma=2.0, decay=0.04)", progress=progress)
        torch.testing.assert_close(d.loss(), plain + share * penalty(d))
    kept = duel("roth(gamma=2.0, decay=1.0)", progress=1.0)
    torch.testing.assert_close(kept.loss(), plain + penalty(kept))


@pytest.mark.parametrize("parameter", ["gamma=-1.0", "decay=0.0", "decay=1.5"])
def test_weights_that_are_none_are_refused(duel: Callable[..., Any], parameter: str) -> None:
    with pytest.raises(BadParameter, match=parameter.replace("=", " = ")):
        duel(f"roth({parameter})")
