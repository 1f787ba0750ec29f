"""Gradients and weights of some parameters around one step of their optimiser."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from gancheck.monitor.probes.parameters import Watched

Factor = Tensor | None  #: what gradients are multiplied by, to undo an AMP scaler's factor


class AroundStep:
    """Parameters on one device. All norms stay tensors on it: nothing here waits for the device."""

    def __init__(self, watched: Sequence[Watched]) -> None:
        self.watched = list(watched)
        self.asked: list[Watched] = []  #: those that ask for a gradient, at the step
        self.old: dict[int, Tensor] = {}  #: identity of a parameter -> its weights before the step
        self.seen: list[Watched] = []  #: those with a gradient, at the step
        self.gradients: list[Tensor] = []  #: norm of every gradient
        self.weights: list[Tensor] = []  #: norm of every parameter before the step
        self.changes: list[Tensor] = []  #: norm of every change
        self.skipped: Tensor | None = None  #: above 0 where a scaler let the step go by
        self.kept: list[Tensor] = []  #: gradients, for the step that follows
        self.kept_of: list[Tensor] = []  #: their parameters
        self.kept_norms: list[Tensor] = []
        self.is_asked: list[bool] = []  #: whether each parameter with a gradient is meant to move

    def copy_weights(self) -> None:
        """Keep the weights from before the step."""
        self.old = {id(w.parameter): w.parameter.detach().clone() for w in self.watched if w.is_asked}

    @torch.no_grad()
    def take_gradients(self, factor: Factor = None, *, is_kept: bool = True) -> None:
        """Norms of gradients and of weights, and a copy of the gradients where they are to be compared."""
        self.asked = [w for w in self.watched if w.is_asked]
        has_old = [w for w in self.asked if not self.old or id(w.parameter) in self.old]
        self.seen = [w for w in has_old if w.parameter.grad is not None]
        self.is_asked = [w.is_meant_to_move for w in self.seen]
        if not self.seen:
            return
        values = [stored(w.parameter.grad) for w in self.seen]
        self.gradients = times(norms(values), factor)
        self.weights = norms([self.old.get(id(w.parameter), w.parameter.detach()) for w in self.seen])
        if is_kept:
            dense = [i for i, w in enumerate(self.seen) if is_plain(w.parameter.grad)]
            self.kept_of = [self.seen[i].parameter for i in dense]
            self.kept_norms = [self.gradients[i] for i in dense]
            self.kept = [values[i].clone() if factor is None else values[i] * factor for i in dense]

    @torch.no_grad()
    def take_changes(self, skipped: Tensor | None = None) -> None:
        """Norms of what the step changed; the copy of the weights is let go."""
        self.skipped = skipped
        old, self.old = self.old, {}
        if self.seen and old:
            new = [w.parameter.detach() for w in self.seen]
            self.changes = norms(torch._foreach_sub(new, [old[id(w.parameter)] for w in self.seen]))

    @torch.no_grad()
    def compare(self, factor: Factor = None) -> Tensor | None:
        """Norms of the kept gradients, of those of now, and of their differences, one after another."""
        kept, parameters = self.kept, self.kept_of
        self.kept, self.kept_of = [], []
        first, self.kept_norms = self.kept_norms, []
        if not kept or not all(is_plain(p.grad) for p in parameters):
            return None
        now = [stored(p.grad) for p in parameters]
        if any(a.shape != b.shape for a, b in zip(kept, now, strict=True)):
            return None
        second = times(norms(now), factor)
        torch._foreach_sub_(kept, now if factor is None else [v * factor for v in now])
        return torch.stack([*first, *second, *norms(kept)])

    def values(self) -> Tensor:
        """All norms, one after another: gradients, weights, and changes if they are there."""
        skipped = [] if self.skipped is None else [self.skipped.reshape(()).to(self.gradients[0])]
        return torch.stack([*self.gradients, *self.weights, *self.changes, *skipped])


def stored(gradient: Tensor | None) -> Tensor:
    """The numbers of a gradient: real, and of a sparse one only those that are there."""
    assert gradient is not None
    plain = gradient.detach()
    plain = plain.coalesce().values() if plain.layout == torch.sparse_coo else plain
    return torch.view_as_real(plain.resolve_conj()) if plain.is_complex() else plain


def is_plain(gradient: Tensor | None) -> bool:
    """Whether there is a gradient, and it is not sparse."""
    return gradient is not None and gradient.layout == torch.strided


def norms(tensors: tuple[Tensor, ...] | list[Tensor]) -> list[Tensor]:
    """Norm of every tensor; half precision is summed in single, where 300 squared is no infinity."""
    kinds = {t.dtype for t in tensors}
    if kinds <= {torch.float32} or kinds <= {torch.float64}:
        return list(torch._foreach_norm(tensors))
    wide = torch.float64 if kinds & {torch.float64, torch.complex128} else torch.float32
    real = [torch.view_as_real(t.resolve_conj()) if t.is_complex() else t for t in tensors]
    return list(torch._foreach_norm([t.to(wide) for t in real]))


def times(values: list[Tensor], factor: Factor) -> list[Tensor]:
    """All multiplied."""
    return values if factor is None else [value * factor for value in values]
