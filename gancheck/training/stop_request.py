"""Ctrl-C, and the signal by which schedulers end a process: noted while steps are played, delivered between two."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


class StopRequest:
    """Whether somebody has asked this process to stop."""

    SIGNALS = (signal.SIGINT, signal.SIGTERM)

    def __init__(self) -> None:
        self.signal: int | None = None  #: what was heard
        self.usual: dict[int, Any] = {}  #: what each signal does otherwise

    @contextmanager
    def noted(self) -> Iterator[None]:
        """In here the signals wait for `deliver`. Signals that the process ignores, and threads, are left alone."""
        if threading.current_thread() is threading.main_thread():
            handlers = {number: signal.getsignal(number) for number in self.SIGNALS}
            self.usual = {n: handler for n, handler in handlers.items() if handler not in (signal.SIG_IGN, None)}
        for number in self.usual:
            signal.signal(number, self.note)
        try:
            yield
            self.deliver()  # what came too late for the one inside
        finally:
            self.restore()

    def note(self, number: int, frame: object) -> None:
        """Remember a signal; a second Ctrl-C does not wait."""
        if number == self.signal == signal.SIGINT:
            raise KeyboardInterrupt
        self.signal = number

    def deliver(self, before: Callable[[], None] = lambda: None) -> None:
        """Do what the signal does usually, if one was heard, and `before` that."""
        if (heard := self.signal) is None:
            return
        before()
        handler, self.signal = self.usual[heard], None
        if callable(handler):  # one of the user's may let it go on
            handler(heard, None)
        else:
            signal.signal(heard, signal.SIG_DFL)
            signal.raise_signal(heard)

    def restore(self) -> None:
        """Give the signals back."""
        for number, handler in self.usual.items():
            signal.signal(number, handler)
        self.usual = {}
