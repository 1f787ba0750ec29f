"""The few names of TensorFlow 1 that peers' formulas use, answered by torch, so that these formulas run as they stand.

No layer, variable or session is here: networks are ours, and only what is computed from their answers is theirs.
"""

from __future__ import annotations

from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional


def reduced(name: str) -> Any:
    """A reduction over some axes, or over all."""

    def reduce(x: Tensor, axis: Any = None, keepdims: bool = False, reduction_indices: Any = None, **_: Any) -> Tensor:
        axis = reduction_indices if axis is None else axis
        found: Tensor = getattr(torch, name)(x) if axis is None else getattr(torch, name)(x, axis, keepdim=keepdims)
        return found

    return reduce


def sigmoid_cross_entropy(logits: Tensor, labels: Tensor, **_: Any) -> Tensor:
    """One number for each logit."""
    return functional.binary_cross_entropy_with_logits(logits, labels, reduction="none")


def softmax_cross_entropy(logits: Tensor, labels: Tensor, **_: Any) -> Tensor:
    """One number for each row."""
    return functional.cross_entropy(logits, labels, reduction="none")


def gradients(loss: Tensor | list[Tensor], at: Any, grad_ys: Any = None, **_: Any) -> list[Tensor]:
    """Gradients of a sum, or of a sum weighted by grad_ys, that can be differentiated again."""
    of = [loss] if isinstance(loss, Tensor) else list(loss)
    weights = [torch.ones_like(one) for one in of] if grad_ys is None else list(grad_ys)
    return list(torch.autograd.grad(of, at, weights, create_graph=True))


tf = SimpleNamespace(
    float32=torch.float64,  #: all here is in float64
    float64=torch.float64,
    reduce_mean=reduced("mean"),
    reduce_sum=reduced("sum"),
    reduce_min=lambda x: x.min(),
    reduce_max=lambda x: x.max(),
    square=torch.square,
    sqrt=torch.sqrt,
    sign=torch.sign,
    norm=lambda x, axis=None: x.norm() if axis is None else x.norm(dim=axis),
    add_n=sum,
    log=torch.log,
    exp=torch.exp,
    pow=torch.pow,
    assert_non_negative=lambda _: None,
    add=lambda a, b, **_: a + b,
    subtract=lambda a, b: a - b,
    multiply=lambda a, b, **_: a * b,
    mul=lambda a, b: a * b,
    div=lambda a, b: a / b,
    divide=lambda a, b: a / b,
    minimum=min,
    zeros_like=torch.zeros_like,
    ones_like=torch.ones_like,
    ones=lambda shape, **_: torch.ones(*shape),
    eye=lambda n, **_: torch.eye(n),
    shape=lambda x: x.shape,
    reshape=torch.reshape,
    cast=lambda x, dtype: x.to(dtype).clone(),  # what is changed in place must not change x
    tile=lambda x, times: x.repeat(*times),
    concat=lambda parts, axis: torch.cat(parts, axis),
    transpose=lambda x: x.mT,
    tensordot=lambda a, b, axes: torch.tensordot(a, b, axes),
    self_adjoint_eig=torch.linalg.eigh,
    variable_scope=lambda *_: nullcontext(),
    name_scope=lambda *_: nullcontext(),
    math=SimpleNamespace(reduce_mean=reduced("mean")),
    linalg=SimpleNamespace(trace=torch.trace),
    gradients=gradients,
    nn=SimpleNamespace(
        softplus=functional.softplus,
        sigmoid=torch.sigmoid,
        l2_normalize=lambda x, axis: functional.normalize(x, dim=axis),
        sigmoid_cross_entropy_with_logits=sigmoid_cross_entropy,
        sparse_softmax_cross_entropy_with_logits=softmax_cross_entropy,
    ),
    losses=SimpleNamespace(mean_squared_error=lambda labels, predictions: functional.mse_loss(predictions, labels)),
)
