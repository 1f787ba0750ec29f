"""A step as its updates one after another, each of them mapped along a path."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from gancheck.training.replicas import ReplicaStack
from gancheck.training.signals import Signals
from gancheck.training.turn_update import TurnUpdate
from gancheck.training.vectorise import ExecutionPath


class TurnByTurn:
    """Plays the updates of a step in their order, some of them repeated; raises where a path cannot be taken."""

    def __init__(self, replicas: ReplicaStack, updates: Sequence[TurnUpdate], path: ExecutionPath) -> None:
        self.replicas, self.updates = replicas, list(updates)
        for update in dict.fromkeys(updates):
            update.try_path(path)
        self.after_step = path.map(replicas.after_step) if replicas.setup.recipe.implementing("after_step") else None
        if self.after_step is not None:
            self.after_step(*replicas.state())

    def __call__(self) -> Signals:
        """Do the step, and give its signals."""
        signals = {name: value for update in self.updates for name, value in update().items()}
        if self.after_step is not None:
            self.replicas.adopt_state(*self.after_step(*self.replicas.state()))
        return Signals(tuple(signals), torch.stack(list(signals.values())))
