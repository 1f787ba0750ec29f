"""Machine code for a traced graph, kept on disk between processes."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import torch
from torch import Tensor, fx
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.fx.experimental.symbolic_shapes import ShapeEnv

from gancheck.system.cache_folder import compiled_folder
from gancheck.training.graph_tracer import GraphTracer
from gancheck.training.same_numbers import refuse_other_numbers
from gancheck.training.thin_products import turn_thin_products

CACHE = "TORCHINDUCTOR_CACHE_DIR"

#: Calls between kernels are compiled too, apart from the kernels and with less optimisation: g++ then takes half as
#: long (measured: 3.7 s of CPU time for 6.2), and steps are no slower.
CPU_SETTINGS = {"cpp_wrapper": True, "cpp_wrapper_build_separate": True, "compile_threads": 1}


def has_compiler(device: torch.device) -> bool:
    """Whether machine code can be made here: it needs a C++ compiler on a CPU (CXX, else the usual one, as PyTorch
    looks for it), Triton on a GPU."""
    if device.type == "cuda":
        from torch.utils._triton import has_triton  # not there before it is imported

        return has_triton()
    usual = "clang++" if sys.platform == "darwin" else "g++"
    return shutil.which(os.environ.get("CXX") or usual) is not None


def compile_graph(graph: fx.GraphModule, examples: list[Tensor]) -> Callable[..., Any]:
    """Machine code for a graph whose inputs always have the examples' shapes and strides.

    Its first answer is compared with the graph's own; nothing is checked at later calls, as `torch.compile` would.
    """
    if examples[0].device.type == "cpu":
        turn_thin_products(graph)
    mode = FakeTensorMode(shape_env=ShapeEnv())  # without a shape environment the cache on disk is not used
    shapes = [mode.from_tensor(t, static_shapes=True) for t in examples]
    for node in graph.graph.nodes:
        node.meta.pop("val", None)  # of another mode
    settings = CPU_SETTINGS if examples[0].device.type == "cpu" else {}
    with cache_on_disk():
        from torch._inductor import config
        from torch._inductor.compile_fx import compile_fx

        try:
            with config.patch(settings), torch.no_grad():
                compiled: Any = compile_fx(graph, shapes)
                refuse_other_numbers(graph, compiled, examples)  # fails here rather than in training
        except torch.OutOfMemoryError:
            raise
        except (
            Exception
        ) as error:  # a full disk, a lock, a fault of the compiler: training goes another way, and says so
            raise RuntimeError(f"cannot be compiled, {type(error).__name__}: {error}") from error
    return compiled  # type: ignore[no-any-return]


@contextmanager
def cache_on_disk() -> Iterator[None]:
    """In here PyTorch's compiler keeps its work where gancheck does, unless the user has named a folder for it; its own
    default is a temporary folder, which is lost when the machine restarts."""
    from torch._inductor.runtime.cache_dir_utils import default_cache_dir

    before = {name: os.environ.get(name) for name in (CACHE, "TRITON_CACHE_DIR")}
    if before[CACHE] in (None, default_cache_dir()):  # PyTorch itself may have written its default there
        with suppress(OSError):  # where it cannot be written, the temporary folder must do
            compiled_folder().mkdir(parents=True, exist_ok=True)
            os.environ[CACHE] = str(compiled_folder())
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


def warm_up() -> str:
    """Compile one tiny graph, so that what every graph needs, such as precompiled headers, is there; says what came of
    it. `make setup` calls it."""
    device = torch.device("cpu")
    if not has_compiler(device):
        return "no C++ compiler was found: long runs are traced, and take about twice as long"
    ones = torch.ones(2)
    compile_graph(GraphTracer().trace(lambda x: [x + 1], [ones]), [ones])
    with cache_on_disk():
        return f"the compiler is ready; its work is kept in {os.environ.get(CACHE, 'a temporary folder')}"


if __name__ == "__main__":
    print(warm_up())
