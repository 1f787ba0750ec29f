"""Graphs side by side: every call on its stream, and what comes after waits for all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest

from gancheck.training.replay import play_side_by_side


class FakeStream:
    """A stream that notes whom it waits for."""

    def __init__(self, name: str, notes: list[str]) -> None:
        self.name, self.notes = name, notes

    def wait_stream(self, other: FakeStream) -> None:
        self.notes.append(f"{self.name} waits for {other.name}")


def test_calls_without_streams_are_made_in_their_order() -> None:
    notes: list[int] = []

    def note(i: int) -> int:
        notes.append(i)
        return 10 * i

    assert play_side_by_side([partial(note, i) for i in range(3)], []) == [0, 10, 20]
    assert notes == [0, 1, 2]


def test_every_call_waits_for_its_inputs_and_all_are_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    notes: list[str] = []
    here, a, b = (FakeStream(name, notes) for name in ("here", "a", "b"))

    @contextmanager
    def on(stream: FakeStream) -> Iterator[None]:
        notes.append(f"on {stream.name}")
        yield

    monkeypatch.setattr("torch.cuda.current_stream", lambda: here)
    monkeypatch.setattr("torch.cuda.stream", on)
    calls: list[Any] = [lambda i=i: notes.append(f"call {i}") or i for i in (1, 2)]
    assert play_side_by_side(calls, [a, b]) == [1, 2]  # type: ignore[list-item]
    assert notes == [
        *("a waits for here", "on a", "call 1", "b waits for here", "on b", "call 2"),
        *("here waits for a", "here waits for b"),
    ]
