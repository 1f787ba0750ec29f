from __future__ import annotations

import torch
from scipy.spatial.distance import cdist
from torch import Tensor
from torch.autograd import gradcheck, gradgradcheck
from torch.func import grad, vmap

from gancheck.strategies.discriminator._l1_distance import distances


def rows(*shape: int) -> Tensor:
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(0))


def plain(x: Tensor) -> Tensor:
    return (x.unsqueeze(-2) - x.unsqueeze(-3)).abs().sum(-1)


def test_distances_are_scipys() -> None:
    x = rows(9, 4)
    torch.testing.assert_close(distances(x), torch.from_numpy(cdist(x, x, "cityblock")))
    batch = rows(3, 5, 2)
    torch.testing.assert_close(distances(batch), torch.stack([distances(x) for x in batch]))


def test_first_and_second_derivatives_are_those_by_differences() -> None:
    x = rows(2, 6, 3).requires_grad_()
    assert gradcheck(distances, (x,))
    assert gradgradcheck(distances, (x,))


def test_third_derivative_under_vmap_is_that_of_the_plain_formula() -> None:
    def third(table: object) -> Tensor:
        def first(x: Tensor) -> Tensor:
            return (torch.exp(-table(x)) * torch.arange(5.0)).sum()  # type: ignore[operator]

        def second(x: Tensor) -> Tensor:
            return grad(first)(x).square().sum()

        return vmap(grad(lambda x: grad(second)(x).square().sum()))(rows(4, 5, 2))

    assert third(plain).abs().max() > 1
    torch.testing.assert_close(third(distances), third(plain))


def test_equal_rows_attract_nobody() -> None:
    x = torch.zeros(4, 3, dtype=torch.float64)
    assert torch.equal(grad(lambda x: distances(x).square().sum() + distances(x).sum())(x), torch.zeros(4, 3).double())
