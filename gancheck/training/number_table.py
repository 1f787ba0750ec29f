"""The numbers that change from step to step: progress, learning rates, counts and corrections, as rows of a table."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from gancheck.training.optimiser_graph import StepSize, step_numbers
from gancheck.training.replicas import ReplicaStack

AHEAD = 256  #: steps whose rows are computed together


class NumberTable:
    """Float32 numbers (updates, 1 + 4 * players) of every step, computed in double precision some steps ahead.

    The row of an update holds the progress, then four numbers for every player that can be trained.
    """

    def __init__(self, replicas: ReplicaStack, teams: Sequence[Sequence[str]]) -> None:
        self.replicas, self.players = replicas, list(replicas.optimisers)
        self.teams = [set(team) for team in teams]  #: who moves in each update of a step, in their order
        self.ahead = torch.empty(0)
        self.first = -1  #: step of the first rows at hand
        self.began = dict(replicas.began)  #: as the rows at hand take it

    def rows(self) -> Tensor:
        """The rows of the step to come."""
        done = self.replicas.steps_done
        if not 0 <= done - self.first < len(self.ahead) or self.began != self.replicas.began:
            self.first, self.began = done, dict(self.replicas.began)
            numbers = [[self.numbers(step, i) for i in range(len(self.teams))] for step in range(done, done + AHEAD)]
            self.ahead = torch.tensor(numbers, dtype=torch.float32).to(self.replicas.device)
        return self.ahead[done - self.first]

    def numbers(self, done: int, update: int) -> list[float]:
        """One row, as Python floats."""
        row = [done / self.replicas.setup.budget.steps]
        for player in self.players:
            rate = self.replicas.rate(player, done)
            row += step_numbers(self.replicas.optimiser(player), rate, self.count(player, done, update))
        return row

    def count(self, player: str, done: int, update: int) -> int:
        """Optimiser steps that a player has made since its optimiser started, before an update of a step."""
        moves = [player in team for team in self.teams]
        return (done - self.began[player]) * sum(moves) + sum(moves[:update])

    def read(self, row: Tensor) -> tuple[Tensor, dict[str, StepSize]]:
        """An update's row taken apart: progress, and the step sizes by player."""
        progress, *numbers = row.unbind()
        return progress, {p: StepSize(*numbers[4 * i : 4 * i + 4]) for i, p in enumerate(self.players)}
