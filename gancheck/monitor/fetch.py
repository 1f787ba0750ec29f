"""Numbers that wait on a device, fetched all at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, cast

import torch
from torch import Tensor

from gancheck.errors import BadData
from gancheck.monitor.probes.base import Measured, Number

Plain = tuple[dict[str, float], dict[str, dict[str, float]]]  #: numbers, and numbers of layers


def as_number(value: Any, name: str) -> Number:
    """A float, numpy scalar, or tensor with one element (kept on its device, without its graph); BadData otherwise.

    On the CPU there is nothing to wait for, and a float is cheaper to keep.
    """
    if isinstance(value, Tensor):
        if value.numel() != 1:
            raise BadData(f"{name}: expected one number, got a tensor of shape {tuple(value.shape)}; give its mean()")
        if value.is_cpu:
            return number_of(value)
        return value.detach().clone()
    try:
        return float(value.item() if hasattr(value, "item") else value)  # numpy's arrays with one number too
    except (TypeError, ValueError) as error:
        raise BadData(f"{name}: expected a number or a tensor with one element, got {type(value).__name__}") from error
    except OverflowError as error:
        raise BadData(f"{name}: a number beyond the largest float") from error


def fetch(waiting: Mapping[int, Measured]) -> dict[int, Plain]:
    """All numbers of all steps as floats, in the order of steps; one copy for each device."""
    left = {step: measured for step, measured in waiting.items() if not is_plain(measured)}
    values = floats([tensor for measured in left.values() for tensor in in_tensors(measured)])
    fetched = {step: as_floats(measured, values) for step, measured in left.items()}
    return {step: fetched.get(step) or (waiting[step].numbers, {}) for step in sorted(waiting)}  # type: ignore[misc]


def is_plain(measured: Measured) -> bool:
    """Whether there is nothing to fetch: numbers alone, and these are floats, as at most steps."""
    return not (measured.layers or measured.later) and set(map(type, measured.numbers.values())) <= {float}


def in_tensors(measured: Measured) -> Iterator[Tensor]:
    """All tensors of one step: numbers, numbers of layers, and what is finished later."""
    for group in (measured.numbers, *measured.layers.values()):
        yield from (value for value in group.values() if isinstance(value, Tensor))
    yield from (value for later in measured.later for value in later.values)


def as_floats(measured: Measured, values: Iterator[float]) -> Plain:
    """The numbers of one step; those that were tensors come from `values`, in the order of `in_tensors`."""
    groups = [
        {name: next(values) if isinstance(v, Tensor) else float(v) for name, v in group.items()}
        for group in (measured.numbers, *measured.layers.values())
    ]
    found = Measured({**groups[0]}, {name: {**group} for name, group in zip(measured.layers, groups[1:], strict=True)})
    for later in measured.later:
        found.update(later.finish(list(islice(values, len(later.values)))))
    return cast("Plain", (found.numbers, found.layers))


def floats(tensors: Sequence[Tensor]) -> Iterator[float]:
    """The element of every tensor, with one wait for each device and type of number. On the CPU there is nothing to
    wait for, and to join them first takes longer."""
    found = [number_of(tensor) if tensor.is_cpu else 0.0 for tensor in tensors]
    for kind in {(tensor.device, tensor.dtype) for tensor in tensors if not tensor.is_cpu}:
        places = [i for i, tensor in enumerate(tensors) if (tensor.device, tensor.dtype) == kind]
        there = torch.cat([tensors[i].detach().reshape(-1) for i in places])
        for place, value in zip(places, (there.abs() if there.is_complex() else there).tolist(), strict=True):
            found[place] = float(value)
    return iter(found)


def number_of(tensor: Tensor) -> float:
    """The element of a tensor on the CPU; the size of a complex one."""
    number = tensor.item()
    return abs(number) if isinstance(number, complex) else float(number)
