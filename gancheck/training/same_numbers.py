"""Does machine code compute what its graph says? Some versions of PyTorch's compiler make code that does not.

PyTorch 2.11, for one, on a CPU: weights under `r1` go 2e-4 of their way elsewhere in one step, and 3 % in 32.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, fx

from gancheck.training.replay import copy_as_laid_out

#: Largest part of its own change by which three quarters of all tensors may differ. Rounding gives 3e-7 in the median,
#: and up to 1e-4 in one tensor of a recipe that divides by small numbers.
ROUNDING = 1e-4
COARSE = 0.3  #: the same in bfloat16 or TF32, which machine code rounds to less often; Adam's first step is all signs


def refuse_other_numbers(graph: fx.GraphModule, compiled: Callable[..., Any], examples: list[Tensor]) -> None:
    """Raise RuntimeError where a compiled graph changes its inputs otherwise than the graph itself; inputs stay."""
    right, found = ([copy_as_laid_out(tensor) for tensor in examples] for _ in range(2))
    graph(*right)
    compiled(*found)
    parts = [differing_part(*tensors) for tensors in zip(examples, right, found, strict=True)]
    changed = torch.tensor([part for part in parts if part is not None], dtype=torch.double)
    if len(changed) and float(apart := changed.quantile(0.75)) > allowed_part(graph, examples):
        raise RuntimeError(
            f"its machine code computes other numbers than it should ({float(apart):.1g} of a step's change away): "
            f"PyTorch {torch.__version__} compiles it wrongly"
        )


def allowed_part(graph: fx.GraphModule, examples: list[Tensor]) -> float:
    """By how much of its change a tensor may differ, by the precision of the products."""
    halved = any(node.kwargs.get("dtype") is torch.bfloat16 for node in graph.graph.nodes)
    rounded = examples[0].is_cuda and torch.backends.cudnn.allow_tf32
    return COARSE if halved or rounded else ROUNDING


def differing_part(before: Tensor, right: Tensor, found: Tensor) -> float | None:
    """How far a tensor is from where it should be, as part of its change; None where nothing changes."""
    if not before.is_floating_point() or torch.equal(before, right):
        return None
    away, change = (float((right - other).double().norm()) for other in (found, before))
    if not math.isfinite(change):
        return None  # it would say nothing
    return away / change if math.isfinite(away) else 1.0
