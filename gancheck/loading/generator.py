"""A generator network: latents of a fixed stream in, samples out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count as counting

import torch
from torch import Tensor, nn

from gancheck.errors import BadData
from gancheck.loading.arrays import array_of
from gancheck.loading.failures import one_line_errors, reason
from gancheck.loading.raw import Array, Raw
from gancheck.numerics.seeding import generator, key

BATCH = 250  #: latents at a time
WIDEST = 2**20  #: of a latent
FIRST = ("Linear", "ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d")  #: layers that take latents


def network(module: nn.Module, latent: int | None, name: str) -> Raw:
    """Samples of a generator: z ~ N(0, I) of shape (b, latent), or (b, latent, 1, 1) where it takes nothing else."""
    size = latent if latent is not None else latent_size(module, name)
    if not 1 <= size <= WIDEST:
        raise BadData(f"{name}: a latent of {size} numbers cannot be; give --latent between 1 and {WIDEST:,}")
    shape = latent_shape(module, size, name)
    draw = partial(draw_batch, module, shape)
    with one_line_errors(name, "the generator must give one tensor, (b, d) or (b, c, h, w)", "fails"):
        first = draw(0, 2)
    notes = (f"latents drawn from a standard normal of shape ({', '.join(map(str, shape))})",)
    return Raw(name, first.shape[1:], partial(batches, draw, name), endless=True, notes=notes)


def batches(draw: Callable[[int, int], Array], name: str) -> Iterator[Array]:
    """Batch after batch, the same at every reading."""
    for number in counting():
        with one_line_errors(name, "see what the generator needs", "fails"):
            yield draw(number, BATCH)


def draw_batch(module: nn.Module, shape: tuple[int, ...], number: int, size: int) -> Array:
    """The samples of one block of latents; whatever the generator draws itself is fixed too."""
    weight = next((p for p in module.parameters() if p.is_floating_point()), torch.zeros(()))
    z = torch.randn(size, *shape, generator=generator("cpu", "score", "latent", number))
    with evaluating(module), isolated_randomness(weight.device, number):
        made = module(z.to(weight.device, weight.dtype))
    if not isinstance(made, Tensor) or made.dim() < 2 or len(made) != size:
        found = tuple(made.shape) if isinstance(made, Tensor) else type(made).__name__
        raise BadData(f"the generator gave {found} for {size} latents; it must give one sample each, as one tensor")
    return array_of(made)


@contextmanager
def evaluating(module: nn.Module) -> Iterator[None]:
    """Evaluation mode without gradients; every part is put back into its own mode."""
    modes = [(part, part.training) for part in module.modules() if hasattr(part, "training")]
    for part, _ in modes:
        part.training = False  # a frozen TorchScript archive has no mode, and no eval() either
    try:
        with torch.no_grad():
            yield
    finally:
        for part, mode in modes:
            part.training = mode


@contextmanager
def isolated_randomness(device: torch.device, number: int) -> Iterator[None]:
    """The global random state is fixed inside and as it was afterwards."""
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        torch.manual_seed(key("score", "inside", number))
        yield


def latent_size(module: nn.Module, name: str) -> int:
    """Numbers that the first layer with a fixed input takes; BadData where none shows."""
    for part in module.modules():
        kind = getattr(part, "original_name", type(part).__name__)
        if kind in FIRST and isinstance(weight := getattr(part, "weight", None), Tensor):
            return int(weight.shape[1 if kind == "Linear" else 0])
    raise BadData(f"{name} does not show the size of its latents; give it with --latent (latent= in Python)")


def latent_shape(module: nn.Module, size: int, name: str) -> tuple[int, ...]:
    """(size,) or (size, 1, 1), whichever the generator takes."""
    failures: list[str] = []
    for shape in ((size,), (size, 1, 1)):
        try:
            draw_batch(module, shape, 0, 2)
        except BadData:
            raise
        except (RuntimeError, ValueError, TypeError, IndexError, AttributeError, NotImplementedError) as error:
            failures.append(reason(error))
        else:
            return shape
    raise BadData(f"{name} takes no latents of shape (b, {size}): {failures[0]}; give --latent, or save its samples")
