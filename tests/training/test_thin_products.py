from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.fx.experimental.proxy_tensor import make_fx

from gancheck.training.thin_products import THIN, turn_thin_products


@pytest.mark.parametrize("columns", [1, 2, THIN])
def test_a_product_with_few_columns_is_turned(columns: int) -> None:
    a, b = torch.randn(3, 32, 16), torch.randn(3, 16, columns)
    graph = make_fx(torch.bmm)(a, b)
    turn_thin_products(graph)
    (product,) = [node for node in graph.graph.nodes if node.target is torch.ops.aten.bmm.default]
    assert "transpose" in str(product.args[0].target)
    torch.testing.assert_close(graph(a, b), torch.bmm(a, b))


def test_a_product_of_a_product_is_turned_too() -> None:
    def twice(a: Tensor, b: Tensor, c: Tensor) -> Tensor:
        return torch.bmm(torch.bmm(a, b), c)

    given = torch.randn(3, 32, 16), torch.randn(3, 16, 4), torch.randn(3, 4, 2)
    graph = make_fx(twice)(*given)
    turn_thin_products(graph)
    torch.testing.assert_close(graph(*given), twice(*given))


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (torch.randn(3, 32, 16), torch.randn(3, 16, THIN + 1)),
        (torch.randn(3, 32, 16), torch.randn(3, 2, 16).mT),  # stored by columns: fast as it is
        (torch.randn(3, 2, 16), torch.randn(3, 16, 4)),  # fewer rows than columns
    ],
)
def test_others_are_left(a: Tensor, b: Tensor) -> None:
    graph = make_fx(torch.bmm)(a, b)
    before = str(graph.graph)
    turn_thin_products(graph)
    assert str(graph.graph) == before
