"""Gradients and weights of some parameters around one step of their optimiser."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from gancheck.monitor.probes.parameters import Watched

Factor = Tensor | None  #: what gradients are multiplied by, to undo an AMP scaler's factor


class AroundStep:
    """Parameters on one device. All norms stay tensors on it: nothing here waits for the device.

    Norms are taken in one call for all that was copied, where no wider copies are needed for it.
    """

    def __init__(self, watched: Sequence[Watched]) -> None:
        self.watched = list(watched)
        self.asked: list[Watched] = []  #: those that ask for a gradient, at the step
        self.old: dict[int, Tensor] = {}  #: identity of a parameter -> its weights before the step
        self.seen: list[Watched] = []  #: those with a gradient, at the step
        self.is_asked: list[bool] = []  #: whether each of these is meant to move
        self.gradients: list[Tensor] = []  #: of these, from when they are read until they are compared
        self.factor: Factor = None  #: of these gradients
        self.dense: list[int] = []  #: places of those that the next step's can be compared with
        self.norms: list[Tensor] = []  #: of every gradient, of every parameter before the step, and of every change
        self.has_changes = False
        self.skipped: list[Tensor] = []  #: one number, above 0 where a scaler let the step go by

    def copy_weights(self) -> None:
        """Keep the weights from before the step."""
        self.old = {id(w.parameter): w.parameter.detach().clone() for w in self.watched if w.is_asked}

    @torch.no_grad()
    def copy_gradients(self, factor: Factor = None) -> None:
        """Keep the gradients that the step begins with."""
        self.find_gradients()
        self.factor = factor
        self.dense = [i for i, w in enumerate(self.seen) if is_plain(w.parameter.grad)]
        self.gradients = [gradient.clone() for gradient in self.gradients]

    def find_gradients(self) -> None:
        """Which parameters have gradients now, and these."""
        self.asked = [w for w in self.watched if w.is_asked]
        has_old = [w for w in self.asked if not self.old or id(w.parameter) in self.old]
        self.seen = [w for w in has_old if w.parameter.grad is not None]
        self.is_asked = [w.is_meant_to_move for w in self.seen]
        self.gradients = [stored(w.parameter.grad) for w in self.seen]

    @torch.no_grad()
    def take_norms(self, skipped: Tensor | None = None) -> None:
        """The step is done: norms of gradients, weights and changes; the copy of the weights is let go."""
        self.skipped = [] if skipped is None else [skipped]
        old, self.old = self.old, {}
        if not self.seen:
            return
        new = [w.parameter.detach() for w in self.seen]
        weights = [old.get(id(w.parameter), now) for w, now in zip(self.seen, new, strict=True)]
        changes = torch._foreach_sub(new, weights) if old else ()
        found = norms(self.gradients, weights, changes)
        count = len(self.seen)
        self.norms, self.has_changes = [*times(found[:count], self.factor), *found[count:]], bool(old)

    @torch.no_grad()
    def compare(self, factor: Factor = None) -> list[Tensor]:
        """Norms of the kept gradients, of those of now, and of their differences, one after another; none where they
        are no longer alike."""
        kept, first = [self.gradients[i] for i in self.dense], [self.norms[i] for i in self.dense]
        self.gradients = []
        gradients = [self.seen[i].parameter.grad for i in self.dense]
        if not all(map(is_plain, gradients)):
            return []
        now = [*map(stored, gradients)]
        if any(a.shape != b.shape for a, b in zip(kept, now, strict=True)):
            return []
        apart = times(kept, self.factor)
        torch._foreach_sub_(apart, times(now, factor))
        found = norms(now, apart)
        return [*first, *times(found[: len(now)], factor), *found[len(now) :]]

    def values(self) -> list[Tensor]:
        """All norms, one after another, and perhaps the word on a skipped step."""
        return [*self.norms, *self.skipped]


def stored(gradient: Tensor | None) -> Tensor:
    """The numbers of a gradient: real, and of a sparse one only those that are there."""
    assert gradient is not None
    plain = gradient.detach()
    plain = plain.coalesce().values() if plain.layout == torch.sparse_coo else plain
    return torch.view_as_real(plain.resolve_conj()) if plain.is_complex() else plain


def is_plain(gradient: Tensor | None) -> bool:
    """Whether there is a gradient, and it is not sparse."""
    return gradient is not None and gradient.layout == torch.strided


def norms(*lists: Sequence[Tensor]) -> list[Tensor]:
    """Norm of every tensor; half precision is summed in single, where 300 squared is no infinity.

    All lists in one call where they are of one type that sums well; others one by one, as copies need memory.
    """
    kinds = {t.dtype for tensors in lists for t in tensors}
    if kinds <= {torch.float32} or kinds <= {torch.float64}:
        return list(torch._foreach_norm([t for tensors in lists for t in tensors]))
    wide = torch.float64 if kinds & {torch.float64, torch.complex128} else torch.float32
    return [norm for tensors in lists if tensors for norm in wide_norms(tensors, wide)]


def wide_norms(tensors: Sequence[Tensor], wide: torch.dtype) -> list[Tensor]:
    """Norm of every tensor, summed in a wider type."""
    real = [torch.view_as_real(t.resolve_conj()) if t.is_complex() else t for t in tensors]
    return list(torch._foreach_norm([t.to(wide) for t in real]))


def times(values: list[Tensor], factor: Factor) -> list[Tensor]:
    """All multiplied."""
    return values if factor is None else [value * factor for value in values]
