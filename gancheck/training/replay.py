"""A graph's call as one launch: on a GPU a step of small networks costs more in launches than in work."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

Body = Callable[[], None]
Capture = Callable[[Body], Body]  #: makes of a body that always does the same something that does it again


def capture_cuda(body: Body) -> Body:
    """A CUDA graph of the body, which runs twice: kernels must be ready, and cuBLAS warm, before they are captured."""
    side = torch.cuda.Stream()  # type: ignore[no-untyped-call]
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        body()
        body()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        body()
    replay: Body = graph.replay
    return replay


class Replay:
    """A call of a graph, captured over tensors that never move.

    `held` are written in place and are left as they were; what is given at a call is copied to where the capture has
    its inputs. The answer is overwritten by the next call.
    """

    def __init__(
        self, call: Callable[..., Any], held: Sequence[Tensor], given: Sequence[Tensor], capture: Capture
    ) -> None:
        self.call, self.held = call, list(held)
        self.given = [copy_as_laid_out(tensor) for tensor in given]
        before = [tensor.clone() for tensor in held]
        try:
            self.answer: Tensor = self.call(*self.held, *self.given)[0].clone()
            self.replay = capture(self.body)
        finally:  # also where nothing can be captured, and training goes another way
            if before and before[0].is_cuda:
                torch.cuda.synchronize()
            for tensor, was in zip(self.held, before, strict=True):
                tensor.copy_(was)

    def body(self) -> None:
        """What is captured."""
        self.answer.copy_(self.call(*self.held, *self.given)[0])

    def __call__(self, *given: Tensor) -> list[Tensor]:
        """Like the graph's own call, without the tensors that are held."""
        for place, tensor in zip(self.given, given, strict=True):
            place.copy_(tensor, non_blocking=True)
        self.replay()
        return [self.answer]


def copy_as_laid_out(tensor: Tensor) -> Tensor:
    """A copy with the same strides, in memory of its own."""
    size = 1 + sum((n - 1) * stride for n, stride in zip(tensor.shape, tensor.stride(), strict=True))
    return tensor.new_empty(size).as_strided(tensor.shape, tensor.stride()).copy_(tensor)
