from __future__ import annotations

import weakref
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode

from gancheck.monitor.probes.around_step import AroundStep
from gancheck.monitor.probes.parameters import watched


class WideCopies(TorchDispatchMode):
    """Counts the copies in another type that are there at the same time."""

    def __init__(self) -> None:
        super().__init__()
        self.copies: list[weakref.ref[Tensor]] = []
        self.most = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        made = func(*args, **(kwargs or {}))
        if func is torch.ops.aten._to_copy.default:
            self.copies.append(weakref.ref(made))
            self.most = max(self.most, sum(copy() is not None for copy in self.copies))
        return made


def test_half_precision_is_widened_one_list_after_another() -> None:
    net = nn.Linear(4, 4, dtype=torch.bfloat16)
    part = AroundStep(watched({"model": net}, []))
    net(torch.ones(2, 4, dtype=torch.bfloat16)).sum().backward()
    part.copy_weights()
    part.copy_gradients()
    with WideCopies() as seen:
        part.take_norms()
    assert len(part.values()) == 6
    assert 0 < seen.most <= 2


def test_copies_of_weights_are_let_go_where_there_was_no_gradient() -> None:
    part = AroundStep(watched({"model": nn.Linear(4, 4)}, []))
    part.copy_weights()
    part.copy_gradients()
    part.take_norms()
    assert part.old == {}
