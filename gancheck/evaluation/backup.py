"""What a view showed before a metric saw it, so that nothing that one metric does to it reaches the next."""

from __future__ import annotations

from collections.abc import Iterator

from torch import Tensor

from gancheck.evaluation.view import View


class Backup:
    """Copies of all that a view shows."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.copies = [(name, tensor, tensor.clone()) for name, tensor in shown_tensors(view)]

    def restore(self) -> list[str]:
        """Undo every change; the names of what had been changed."""
        changed = [(name, tensor, copy) for name, tensor, copy in self.copies if not tensor.equal(copy)]
        for _, tensor, copy in changed:
            tensor.copy_(copy)
        if changed:
            self.view.forget_computed()
        return [name for name, _, _ in changed]


def shown_tensors(view: View) -> Iterator[tuple[str, Tensor]]:
    """All that a metric can read of a view, by the names that it has there."""
    offers = view.offers
    yield "fake", view.fake
    for name in ("images", "classes"):
        if name in offers:
            yield name, getattr(view, name)
    if view.reference is not None:
        yield "real", view.real
    if "train" in offers:
        yield "train.x", view.train.x
    if "modes" in offers:
        yield "modes.assignment.label", view.modes.assignment.label
        yield "modes.assignment.distance", view.modes.assignment.distance
    if view.yardstick is not None and view.yardstick is not view:
        yield "real_row.fake", view.yardstick.fake
