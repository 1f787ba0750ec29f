"""Checks that are kept for reports and plots, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import overload

from gancheck.detectors.observation import Observation

MOST = 1_000  #: checks kept at most; then every second one goes, and from then on every second one comes
BEGINNING = 3  #: first steps with a loss that are kept, checked or not


class History(Sequence[Observation]):
    """Evenly spaced checks of the whole training, and the latest one; beside them the first steps with a loss."""

    def __init__(self) -> None:
        self.kept: list[Observation] = []
        self.latest: Observation | None = None
        self.stride, self.checks = 1, 0
        self.beginning: list[Observation] = []

    def begin(self, seen: Iterable[Observation]) -> None:
        """Keep the first steps with a loss: until the first check a training may have converged."""
        if len(self.beginning) < BEGINNING:
            self.beginning = [*self.beginning, *(one for one in seen if one.losses)][:BEGINNING]

    def add(self, seen: Observation) -> None:
        """One more check."""
        self.latest = seen
        if self.checks % self.stride == 0:
            self.kept.append(seen)
        self.checks += 1
        if len(self.kept) > MOST:
            self.kept, self.stride = self.kept[::2], 2 * self.stride

    def all(self) -> list[Observation]:
        """What is kept, the latest at the end."""
        ends = [self.latest] if self.latest and (not self.kept or self.kept[-1] is not self.latest) else []
        return [*self.kept, *ends]

    def __iter__(self) -> Iterator[Observation]:
        return iter(self.all())

    def __len__(self) -> int:
        return len(self.all())

    @overload
    def __getitem__(self, place: int) -> Observation: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Observation]: ...

    def __getitem__(self, place: int | slice) -> Observation | Sequence[Observation]:
        return self.all()[place]
