"""Where a discriminator's features end."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from gancheck.gans.heads import has_head, insert_before_head, split_head


class Count(nn.Module):
    """Appends a column of ones."""

    def forward(self, hidden: Tensor) -> Tensor:
        return torch.cat([hidden, torch.ones(len(hidden), 1)], 1)


@pytest.mark.parametrize(
    ("module", "holds"),
    [
        (nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1)), True),
        (nn.Sequential(nn.Flatten(), nn.Linear(4, 1, bias=False)), True),
        (nn.Sequential(nn.Linear(2, 1)), False),  # nothing before the head
        (nn.Sequential(nn.Linear(2, 1), nn.Sigmoid()), False),
        (nn.Sequential(), False),
        (nn.Linear(2, 1), False),
    ],
)
def test_a_head_is_a_linear_layer_at_the_end_of_a_sequence(module: nn.Module, holds: bool) -> None:
    assert has_head(module) is holds


def test_body_and_head_make_the_whole() -> None:
    whole = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))
    body, head = split_head(whole)
    x = torch.randn(5, 2)
    assert head is whole[-1]
    assert torch.equal(head(body(x)), whole(x))


@pytest.mark.parametrize("bias", [True, False])
def test_a_layer_before_the_head_widens_it(bias: bool) -> None:
    layers = nn.Sequential(nn.Unflatten(1, (1, 2)), nn.Flatten(0, 0), nn.Linear(2, 3), nn.Linear(3, 1, bias=bias))
    wide = insert_before_head(layers, Count(), added=1)
    assert wide(torch.zeros(5, 2)).shape == (5, 1)
    assert wide[-1].in_features == 4
    assert (wide[-1].bias is not None) is bias
    assert wide[2] is layers[2]  # the body is the discriminator's own
