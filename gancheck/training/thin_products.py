"""Products of stacked matrices with few columns, turned round: as they stand MKL takes two to five times as long."""

from __future__ import annotations

from typing import Any

import torch
from torch import fx

THIN = 8  #: columns up to which a product is turned; at 16 both ways take the same time

#: How the answer is stored, as before: what comes after may count on it.
BY_ROWS: dict[str, Any] = {"memory_format": torch.contiguous_format}


def turn_thin_products(graph: fx.GraphModule) -> None:
    """Write every product a b whose b is thin and stored by rows as (b' a')', stored as before."""
    aten = torch.ops.aten
    bmm, transpose = aten.bmm.default, aten.transpose.int
    for node in [n for n in graph.graph.nodes if n.op == "call_function" and n.target is bmm]:
        left, right = node.args
        if not is_thin(left.meta["val"], right.meta["val"]):
            continue
        with graph.graph.inserting_before(node):
            sides = [graph.graph.call_function(transpose, (side, 1, 2)) for side in (right, left)]
            product = graph.graph.call_function(bmm, tuple(sides))
            back = graph.graph.call_function(transpose, (product, 1, 2))
            turned = graph.graph.call_function(aten.clone.default, (back,), BY_ROWS)
        turned.meta["val"] = node.meta["val"]  # a later product may look at it
        node.replace_all_uses_with(turned)
        graph.graph.erase_node(node)
    graph.recompile()


def is_thin(left: torch.Tensor, right: torch.Tensor) -> bool:
    """Whether b has few columns, fewer than a has rows, and is stored by rows."""
    rows, columns = left.shape[1], right.shape[2]
    return columns <= THIN and columns < rows and right.stride(2) == 1
