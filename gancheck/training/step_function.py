"""Updates, their optimisers and what strategies do afterwards, as one function of everything that a step changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.func import vmap

from gancheck.gans.state import Params
from gancheck.training.number_table import NumberTable
from gancheck.training.optimiser_graph import Moments, StepSize, first_moments, step_weights
from gancheck.training.replicas import ReplicaStack, in_order_of
from gancheck.training.turn_update import Arguments, TurnUpdate


class Carried(NamedTuple):
    """What a step changes: of all replicates, with a leading axis, or of one."""

    weights: dict[str, Params]
    moments: dict[str, Moments]
    counts: dict[str, Tensor]  #: optimiser steps, of the players whose moments a hook sets
    memory: dict[str, Any]
    buffers: dict[str, Params]

    @classmethod
    def first(cls, replicas: ReplicaStack, updates: list[TurnUpdate]) -> Carried:
        """Everything as it is before the first step; weights, memory and buffers are the replicas' own."""
        moments = {p: first_moments(replicas.optimiser(p), replicas.weights[p]) for p in replicas.optimisers}
        set_by_hooks = dict.fromkeys(player for update in updates for player in sorted(update.advances))
        counts = {player: torch.zeros(len(replicas.seeds), device=replicas.device) for player in set_by_hooks}
        return cls(replicas.weights, moments, counts, replicas.memory, replicas.buffers)


class StepFunction:
    """Some updates of a step as a function without side effects, for all replicates at once or for one of them."""

    def __init__(self, replicas: ReplicaStack, updates: list[TurnUpdate], table: NumberTable, stacked: bool) -> None:
        self.replicas, self.updates, self.table, self.stacked = replicas, updates, table, stacked
        self.lift: Callable[..., Any] = vmap if stacked else lambda function: function
        self.ends_step = False  #: whether no update of the step comes after these

    def __call__(self, carried: Carried, rows: Tensor, draws: Iterator[Any]) -> tuple[Carried, dict[str, Tensor]]:
        """What is carried afterwards, and the signals."""
        signals: dict[str, Tensor] = {}
        for update, row in zip(self.updates, rows.unbind(), strict=True):
            carried, seen = self.move(update, carried, row, draws)
            signals |= seen
        if self.ends_step and self.replicas.setup.recipe.implementing("after_step"):
            progress, _ = self.table.read(rows[0])
            carried = self.after(self.replicas.after_step, carried, self.spread(progress))
        return carried, signals

    def example_rows(self) -> Tensor:
        """Numbers as the function is given them."""
        return self.table.rows()[: len(self.updates)]

    def move(
        self, update: TurnUpdate, carried: Carried, row: Tensor, draws: Iterator[Any]
    ) -> tuple[Carried, dict[str, Tensor]]:
        """One update and its optimisers."""
        number, sizes = self.table.read(row)
        progress = self.spread(number)
        sizes = {player: self.size(player, size, carried) for player, size in sizes.items()}
        arguments = self.arguments(update, carried, progress, sizes, draws)
        gradients, signals, remembered, buffers, advanced = self.lift(update.step_function)(*arguments)
        before = {player: carried.weights[player] for player in update.team}
        carried = carried._replace(memory={**carried.memory, **remembered}, buffers=buffers)
        for player in update.team:
            carried = self.step_player(player, carried, gradients[player], sizes[player], advanced.get(player))
        for player in advanced.keys() - set(update.team):  # who is not moved now steps from them later
            moments, counts = {**carried.moments, player: set_moments(advanced[player])}, dict(carried.counts)
            carried = carried._replace(moments=moments, counts={**counts, player: count_of(advanced[player])})
        if update.recipe.implementing("after_update"):
            carried = self.after(update.after_update, carried, progress, before)
        return carried, signals

    def step_player(
        self, player: str, carried: Carried, gradients: Params, size: StepSize, advanced: dict[str, Params] | None
    ) -> Carried:
        """One player's optimiser, from the running means that a hook has set where it did."""
        settings, held, counts = self.replicas.optimiser(player), carried.moments[player], carried.counts
        if advanced is not None:
            held, count = set_moments(advanced), count_of(advanced)
            size = StepSize.after(settings, size.rate, self.one_of(count))
            counts = {**counts, player: count + 1}
        elif player in counts:
            counts = {**counts, player: counts[player] + 1}
        weights, held = step_weights(settings, carried.weights[player], gradients, held, size)
        moved, moments = {**carried.weights, player: weights}, {**carried.moments, player: held}
        return carried._replace(weights=moved, moments=moments, counts=counts)

    def after(self, hook: Callable[..., Any], carried: Carried, progress: Tensor, *more: Any) -> Carried:
        """What is carried after a hook that changes weights and memory."""
        weights, memory = self.lift(hook)(carried.weights, carried.buffers, carried.memory, progress, *more)
        weights, memory = in_order_of(carried.weights, weights), in_order_of(carried.memory, memory)
        return carried._replace(weights=weights, memory=memory)

    def arguments(
        self, update: TurnUpdate, carried: Carried, progress: Tensor, sizes: dict[str, StepSize], draws: Iterator[Any]
    ) -> Arguments:
        """What the losses of an update are computed from."""
        weights, looks_ahead = carried.weights, update.looks_ahead
        return Arguments(
            mine={name: weights[name] for name in update.team},
            rest={name: params for name, params in weights.items() if name not in update.team},
            buffers=carried.buffers,
            memory=carried.memory,
            moments={p: self.adam_moments(p, carried, size) for p, size in sizes.items()} if looks_ahead else {},
            rates={player: self.spread(size.rate) for player, size in sizes.items()} if looks_ahead else {},
            progress=progress,
            batch=next(draws),
            latent=next(draws),
            code={"code": next(draws)} if update.codes else {},
            noise={ticket: next(draws).select(int(self.stacked), 0) for ticket in update.noise},
        )

    def adam_moments(self, player: str, carried: Carried, size: StepSize) -> dict[str, Params]:
        """Adam's running means and step count of a player by parameter name, zeros where its optimiser is another."""
        weights, held = carried.weights[player], carried.moments[player]
        if "adam" not in self.replicas.optimiser(player).name:
            nothing = {name: torch.zeros_like(tensor) for name, tensor in weights.items()}
            return {"first": nothing, "second": nothing, "count": dict.fromkeys(weights, self.spread(0 * size.steps))}
        return {**held._asdict(), "count": dict.fromkeys(weights, self.spread(size.steps))}

    def size(self, player: str, size: StepSize, carried: Carried) -> StepSize:
        """A player's step size, by its own count where a hook sets it."""
        if player not in carried.counts:
            return size
        return StepSize.after(self.replicas.optimiser(player), size.rate, self.one_of(carried.counts[player]))

    def spread(self, number: Tensor) -> Tensor:
        """A scalar for every replicate."""
        return number.expand(len(self.replicas.seeds)) if self.stacked else number

    def one_of(self, numbers: Tensor) -> Tensor:
        """A scalar that is the same for all replicates."""
        return numbers[0] if self.stacked else numbers


def set_moments(advanced: dict[str, Params]) -> Moments:
    """The running means that a hook has set."""
    return Moments(advanced["first"], advanced["second"])


def count_of(advanced: dict[str, Params]) -> Tensor:
    """The step count that a hook has set, which is the same for all parameters."""
    return next(iter(advanced["count"].values()))
