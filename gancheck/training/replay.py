"""A graph's call as one launch: on a GPU a step of small networks costs more in launches than in work."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import torch
from torch import Tensor

T = TypeVar("T")
Body = Callable[[], None]
Capture = Callable[[Body], Body]  #: makes of a body that always does the same something that does it again


class CudaGraph:
    """A body that is captured on a stream of its own, and is played again on the current one by a call.

    Graphs that were captured on different streams share no workspace of cuBLAS, so they can be played side by side.
    """

    def __init__(self, body: Body) -> None:
        self.stream = torch.cuda.Stream()  # type: ignore[no-untyped-call]
        self.stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(self.stream):  # kernels must be ready, and cuBLAS warm, before they are captured
            body()
            body()
        torch.cuda.current_stream().wait_stream(self.stream)
        self.graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self.graph, stream=self.stream):
            body()

    def __call__(self) -> None:
        """Do it again."""
        self.graph.replay()


def play_side_by_side(calls: Sequence[Callable[[], T]], streams: Sequence[torch.cuda.Stream]) -> list[T]:
    """The answers of all calls, each on its stream; one after another where there are no streams."""
    if not streams:
        return [call() for call in calls]
    here, answers = torch.cuda.current_stream(), list[T]()
    for call, stream in zip(calls, streams, strict=True):
        stream.wait_stream(here)
        with torch.cuda.stream(stream):
            answers.append(call())
    for stream in streams:
        here.wait_stream(stream)
    return answers


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
