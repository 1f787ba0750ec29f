"""Pairwise L1 distances that can be differentiated any number of times, as gradient penalties and unrolling ask.

PyTorch's `cdist` knows its first derivative only, and the plain formula keeps one (n, n) table per coordinate. The two
functions below are each other's derivative, so nothing larger than one table is ever held.
"""

from __future__ import annotations

from typing import Any, cast

import torch
from torch import Tensor
from torch.autograd import Function


def distances(x: Tensor) -> Tensor:
    """(..., n, n) sums of absolute differences between the rows of x (..., n, width)."""
    return cast(Tensor, Distances.apply(x))  # type: ignore[no-untyped-call]


def signs(column: Tensor) -> Tensor:
    """(..., n, n) signs of x_i - x_j for one coordinate (..., n)."""
    return (column.unsqueeze(-1) - column.unsqueeze(-2)).sign_()


class Distances(Function):
    """d_ij = sum_w |x_iw - x_jw|."""

    generate_vmap_rule = True

    @staticmethod
    def forward(x: Tensor) -> Tensor:
        return torch.cdist(x, x, p=1)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor], output: Tensor) -> None:
        ctx.save_for_backward(*inputs)

    @staticmethod
    def backward(ctx: Any, slope: Tensor) -> Tensor:
        return cast(Tensor, Pull.apply(ctx.saved_tensors[0], slope + slope.mT))  # type: ignore[no-untyped-call]


class Pull(Function):
    """p_iw = sum_j t_ij sign(x_iw - x_jw) for a table t (..., n, n): what a gradient does to the rows of x."""

    generate_vmap_rule = True

    @staticmethod
    def forward(x: Tensor, table: Tensor) -> Tensor:
        pull: Tensor = torch.func.vjp(lambda rows: torch.cdist(rows, x, p=1), x)[1](table)[0]
        return pull

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor, Tensor], output: Tensor) -> None:
        ctx.save_for_backward(inputs[0])

    @staticmethod
    def backward(ctx: Any, slope: Tensor) -> tuple[None, Tensor]:
        return None, cast(Tensor, Push.apply(ctx.saved_tensors[0], slope))  # type: ignore[no-untyped-call]


class Push(Function):
    """t_ij = sum_w p_iw sign(x_iw - x_jw), the transpose of `Pull`: how a move of row i changes its distances."""

    generate_vmap_rule = True

    @staticmethod
    def forward(x: Tensor, move: Tensor) -> Tensor:
        parts = (signs(c) * m.unsqueeze(-1) for c, m in zip(x.unbind(-1), move.unbind(-1), strict=True))
        return cast(Tensor, sum(parts))  # one table at a time

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor, Tensor], output: Tensor) -> None:
        ctx.save_for_backward(inputs[0])

    @staticmethod
    def backward(ctx: Any, slope: Tensor) -> tuple[None, Tensor]:
        return None, cast(Tensor, Pull.apply(ctx.saved_tensors[0], slope))  # type: ignore[no-untyped-call]
