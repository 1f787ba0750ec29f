"""A network's answer for rows, always asked for equally many at once."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor


def answer_in_full_batches(network: Callable[[Tensor], Tensor], x: Tensor, size: int) -> Tensor:
    """(n, ...) answers for rows (n, ...), of `size` rows at a time; the last batch is filled up with its own last row.

    The last bits of an answer depend on how many rows are asked for, most of all on a GPU. Samples that are equal must
    have equal features, or repeats are not seen as such.
    """
    parts = []
    for rows in torch.split(x, size):
        missing = size - len(rows)
        full = torch.cat([rows, rows[-1:].expand(missing, *rows.shape[1:])]) if missing else rows
        parts.append(network(full)[: len(rows)])
    return torch.cat(parts)
