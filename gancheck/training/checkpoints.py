"""When a block's state is written to its checkpoint, and when training goes on from it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gancheck.errors import StoreError
from gancheck.training.block_state import BlockState
from gancheck.training.checkpoint import Checkpoint
from gancheck.training.stop_request import StopRequest


class Checkpoints:
    """The checkpoint of one block, kept at `path` for a training's id.

    It is written at the first pause after every so many seconds of training, so that a short block writes none, and at
    once, after the step in hand, when the process is asked to stop.
    """

    def __init__(self, path: Path, training: str, every: float) -> None:
        self.path, self.training, self.every = path, training, every
        self.saved_at = 0.0  #: on the training clock
        self.stop = StopRequest()

    @contextmanager
    def catch_stops(self) -> Iterator[None]:
        """In here a request to stop waits for the step in hand."""
        with self.stop.noted():
            yield

    @property
    def asked_to_stop(self) -> bool:
        """Whether the steps shall end for a moment."""
        return self.stop.signal is not None

    def resume(self, state: BlockState) -> None:
        """Go on from the checkpoint where there is one that fits; any other is removed, and said."""
        if not self.path.exists():
            return
        try:
            state.restore(Checkpoint.load(self.path, self.training))
        except StoreError as error:
            say(f"{error}; it is removed, and training starts anew")
            self.remove()
            return
        self.saved_at = state.recorder.clock.seconds
        say(f"{self.path.name}: training goes on from step {state.replicas.steps_done}")

    def save_if_due(self, state: BlockState) -> None:
        """Write the state where the last one is old enough."""
        if state.recorder.clock.seconds - self.saved_at >= self.every:
            self.save(state)

    def stop_if_asked(self, state: BlockState) -> None:
        """Where the process was asked to stop: write the state, say so, and let it stop."""
        self.stop.deliver(before=lambda: self.save_last(state))

    def save_last(self, state: BlockState) -> None:
        """Write the state before the process ends."""
        if self.save(state):
            say(f"stopped after step {state.replicas.steps_done}, from which the same command goes on")

    def save(self, state: BlockState) -> bool:
        """Write the state; where that cannot be, training goes on without."""
        self.saved_at = state.recorder.clock.seconds
        try:
            state.checkpoint(self.training).save(self.path)
        except StoreError as error:
            say(f"no checkpoint: {error}")
            return False
        return True

    def remove(self) -> None:
        """Remove the checkpoint, if there is one."""
        self.path.unlink(missing_ok=True)


class NoCheckpoints(Checkpoints):
    """Nothing is written and nothing is read; requests to stop are what they always are."""

    def __init__(self) -> None:
        super().__init__(Path(), "", float("inf"))

    @contextmanager
    def catch_stops(self) -> Iterator[None]:
        yield

    def resume(self, state: BlockState) -> None:
        pass

    def save_if_due(self, state: BlockState) -> None:
        pass


def say(text: str) -> None:
    """A line for people, on standard error."""
    print(f"gancheck: {text}", file=sys.stderr)
