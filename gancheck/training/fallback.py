"""The way that a block is computed: the wanted one, else what is left when vmap or the tracer cannot follow a hook."""

from __future__ import annotations

import linecache
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch.fx.proxy import TraceError

from gancheck.errors import GancheckError
from gancheck.training.vectorise import ExecutionPath

#: What vmap, the tracer and the compiler raise where they cannot follow; anything else is the author's own error.
CANNOT_FOLLOW = (RuntimeError, NotImplementedError, TraceError)

DRAWS = "random operation"  #: what vmap says of random numbers that are not the game's
PICKED = "which rows are picked depends on values: weigh all rows by 0 and 1, or use torch.where"
BRANCH = "keep values in tensors, and use torch.where in place of a branch on one"

#: What the error says, what the lines and files say that it passed through, and what to write instead.
INSTEAD = (
    ("one_hot", "", "write gancheck.one_hot(codes, count)"),
    (DRAWS, r"\brandperm\b", 'write game.uniform("order", (n,)).argsort()'),
    (DRAWS, r"dropout\(|modules.dropout\.py", "write gancheck.Dropout in place of torch's"),
    (DRAWS, "", "write game.normal(name, shape) or game.uniform(name, shape); in a module gancheck.noise"),
    ("boolean mask|masked_select|dynamic shape", "", PICKED),
    (r"\.item\(\)|control flow|tracing tensor|data pointer", "", BRANCH),
    ("inplace|index_put_|broadcast shape", "", "make tensors by torch.stack or torch.cat, and write to none in place"),
    (
        "out=",
        r"spectral_norm|parametrizations\.py",
        "take the strategy spectral-norm in place of torch's, which writes to its own vectors",
    ),
)


@dataclass(frozen=True)
class ChosenPath:
    """How a block is computed."""

    path: ExecutionPath
    reason: str  #: why it, or what is computed beside it, is not on the wanted path; empty where all is
    answer: Any  #: of the attempt


def first_path(attempt: Callable[[ExecutionPath], Any], wanted: ExecutionPath) -> ChosenPath:
    """The wanted path, else the first along which the attempt succeeds; an author's own error is raised."""
    paths, reasons = paths_from(wanted), dict[str, str]()
    for path in paths:
        try:
            return ChosenPath(path, "; ".join(f"{p}: {cause}" for cause, p in reasons.items()), attempt(path))
        except Exception as error:
            if path == paths[-1] or not cannot_follow(error):
                raise
            reasons.setdefault(describe_cause(error), str(path))
    raise AssertionError("unreachable")


def paths_from(wanted: ExecutionPath) -> list[ExecutionPath]:
    """The wanted path and those that are tried after it; what is wanted without tracing is never traced."""
    looped = [ExecutionPath("looped", wanted.execution), ExecutionPath("looped"), ExecutionPath("looped", "eager")]
    every = [wanted, ExecutionPath(wanted.vectorisation), *looped]
    return [p for p in dict.fromkeys(every) if wanted.execution != "eager" or p.execution == "eager"]


def cannot_follow(error: BaseException) -> bool:
    """Whether the error, or what a hook's error stands for, is one of vmap, the tracer or the compiler."""
    root = root_of(error)
    return isinstance(root, CANNOT_FOLLOW) and not isinstance(root, GancheckError | torch.OutOfMemoryError)


def root_of(error: BaseException) -> BaseException:
    """What was raised in the first place."""
    while isinstance(error, GancheckError) and error.__cause__ is not None:
        error = error.__cause__
    return error


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error, or what a hook's error stands for, is that there is no memory left, on a GPU or not."""
    root = root_of(error)
    return isinstance(root, torch.OutOfMemoryError | MemoryError) or "DefaultCPUAllocator" in str(root)


def describe_cause(error: BaseException) -> str:
    """The first sentence of the error, with what to write instead where the cause is a common one."""
    text = " ".join(str(error).split()).split(". ")[0]
    if not isinstance(error, GancheckError):
        text = f"{type(error).__name__}: {text}"
    said, seen = str(root_of(error)), "\n".join(places(error))
    fits = (advice for word, place, advice in INSTEAD if re.search(word, said) and re.search(place, seen))
    advice = next(fits, "")
    return f"{text} ({advice})" if advice else text


def places(error: BaseException) -> Iterator[str]:
    """The files and lines that the error passed through, the author's and torch's modules."""
    trace = root_of(error).__traceback__
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        yield f"{file} {linecache.getline(file, trace.tb_lineno).strip()}"
        trace = trace.tb_next
