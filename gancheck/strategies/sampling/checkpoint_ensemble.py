"""Checkpoint ensemble: draw samples from the generator as it was at several steps, not from the last one alone.

Wang, Zhang & van de Weijer, "Ensembles of generative adversarial networks", 2016: their self-ensemble (seGAN), with
snapshots of one training. Each is kept as it would be evaluated then, so `ema` makes it an ensemble of means. Members
are the last ones kept: by default those at 85, 90, 95 and 100 % of the run.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch.utils._pytree import tree_map
from torch.utils.weak import WeakIdKeyDictionary

from gancheck.errors import BadParameter
from gancheck.gans.game import Sample
from gancheck.gans.look import Look
from gancheck.gans.sampler import Sampler
from gancheck.gans.state import Kept, Params, State
from gancheck.strategies.base import Strategy, strategy
from gancheck.strategies.sampling._columns import each
from gancheck.strategies.search_space import Choice

MEMORY = "checkpoint-ensemble"


@strategy("checkpoint-ensemble", family="sampling", paper="Wang et al., 2016", search={"members": Choice(2, 4, 8)})
@dataclass(frozen=True)
class CheckpointEnsemble(Strategy):
    """Draw as many samples from each of the last kept generators and the present one.

    An evaluation before so many are kept draws from those there are.
    """

    members: int = 4  #: generators that samples are drawn from, the present one included
    parts: int = 20  #: equal parts of the run, in steps, after each of which the generator is kept

    def __post_init__(self) -> None:
        if not 2 <= self.members <= self.parts:
            raise BadParameter(f"members = {self.members} must lie between 2 and parts = {self.parts}")

    def period_in(self, steps: int) -> int:
        if steps < 2:
            raise BadParameter(f"members = {self.members}: a run of 1 step has no earlier generator to draw from")
        return max(1, steps // self.parts)

    def memory(self, state: State) -> dict[str, Any]:
        return {MEMORY: empty_queue(state, self.members - 1)}

    def refresh(self, state: State, look: Look) -> State:
        if look.step == 0:
            return state  # untrained
        return state.remember(MEMORY, enqueue(state.memory[MEMORY], look.snapshot(), self.members - 1))

    def sampler(self, inner: Sampler) -> Sampler:
        return EnsembleSampler(inner, MEMORY)


def empty_queue(state: State, length: int) -> dict[str, Any]:
    """Places for so many generators, and the number of those that are taken."""
    now = {p: {**state.weights[p], **state.buffers.get(p, {})} for p in state.generating}
    queue = tree_map(lambda t: torch.stack([t] * length), now)
    return {"queue": queue, "filled": torch.zeros((), dtype=torch.long, device=state.progress.device)}


def enqueue(memory: dict[str, Any], now: Kept, length: int) -> dict[str, Any]:
    """The queue with one more generator at its end; the oldest goes where all places are taken."""
    weights, queue = now.weights, memory["queue"]
    moved = {p: {n: torch.cat([t[1:], weights[p][n][None]]) for n, t in own.items()} for p, own in queue.items()}
    return {"queue": moved, "filled": (memory["filled"] + 1).clamp_max(length)}


class EnsembleSampler(Sampler):
    """Equal numbers of samples of the present generator and of all in a queue, in random order."""

    def __init__(self, inner: Sampler, memory: str) -> None:
        super().__init__(inner)
        self.memory = memory  #: name of the queue
        self.known: MutableMapping[Kept, list[Kept]] = WeakIdKeyDictionary()

    def draw(self, kept: Kept, count: int, source: torch.Generator) -> Sample:
        members = self.members(kept)
        shares = [len(range(i, count, len(members))) for i in range(len(members))]
        drawn = [self.inner.draw(member, n, source) for member, n in zip(members, shares, strict=True) if n]
        order = torch.randperm(count, generator=source, device=source.device)
        return each(lambda *columns: torch.cat(columns)[order], *drawn)

    def members(self, kept: Kept) -> list[Kept]:
        """Every member as a snapshot of its own, the same ones at every call."""
        if kept not in self.known:
            weights = kept_generators(kept.memory[self.memory])
            self.known[kept] = [replace(kept, weights={**kept.weights, **of_member}) for of_member in weights]
        return self.known[kept]


def kept_generators(memory: dict[str, Any]) -> list[dict[str, Params]]:
    """The weights of every generator in a queue, the oldest first, and nothing for the present one."""

    def past(i: int) -> dict[str, Params]:
        weights: dict[str, Params] = tree_map(lambda t: t[i], memory["queue"])
        return weights

    return [*(past(-1 - i) for i in reversed(range(int(memory["filled"])))), {}]
