"""DynGAN: real samples that the discriminator is sure of for long are not generated, and get a code of their own.

Luo & Yang, "DynGAN: solving mode collapse in GANs with dynamic clustering", TPAMI 2024; the rest is as in the authors'
code for points. Both players are told the code, as in self-conditioned, whose way of giving codes to fresh samples this
is. The authors keep a running mean of the discriminator's answer for every training sample; where draws are fresh there
are none to keep it for, so here the mean is over the discriminators that were looked at since the last partition. They
also shorten the distance of a sample to its own cluster by its answer, and we do not. An answer is the sigmoid of a
logit, which says little under objectives that are no cross entropy.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from gancheck.errors import BadParameter
from gancheck.gans.game import Game, Sample
from gancheck.gans.look import Look
from gancheck.gans.state import Params, State
from gancheck.numerics.kmeans import kmeans_from
from gancheck.strategies.base import strategy
from gancheck.strategies.data.self_conditioned import MEMORY, SelfConditioned, evaluation_mode, uncoded_features
from gancheck.strategies.search_space import Choice, Linear

LOOKS = 6  #: at the discriminator between two partitions; the authors look every 500 steps and partition every 3,000
SEEN, COUNT = "dyngan/seen", "dyngan/count"
FAR = 1e4  #: every coordinate of the centre of a code that is not used yet


@strategy(
    "dyngan",
    family="data",
    paper="Luo & Yang, TPAMI 2024",
    search={"clusters": Choice(10, 30, 60), "margin": Linear(0.02, 0.5)},
)
@dataclass(frozen=True)
class DynGan(SelfConditioned):
    """Give real samples with D(x) > 1 / (1 + margin) a code of their own, of which both players are told."""

    clusters: int = 30  #: codes at most; one is used at the start
    clusterings: int = 10  #: partitions over the run, evenly spaced; 30,000 steps over 3,000 in the authors' code
    rows: int = 4000  #: real samples that are looked at and clustered; a choice of ours
    margin: float = 0.2  #: of the threshold, delta in the authors' code
    share: float = 0.01  #: of samples above the threshold, from which on there is a new code; tau in the authors' code

    def __post_init__(self) -> None:
        super().__post_init__()
        if not (self.margin > 0 and 0 < self.share < 1):
            raise BadParameter(f"margin = {self.margin} must be positive, share = {self.share} lie in (0, 1)")

    def period_in(self, steps: int) -> int:
        return -(-steps // (LOOKS * self.clusterings))

    def memory(self, state: State) -> dict[str, Any]:
        memory = super().memory(state)[MEMORY]
        unused = (torch.arange(self.clusters, device=state.progress.device) > 0).float()
        centres = memory["centres"] + FAR * unused[:, None]
        seen = {name: torch.stack([tensor] * LOOKS) for name, tensor in memory["discriminator"].items()}
        own = {**memory, "centres": centres, "shares": 1 - unused}
        return {MEMORY: own, SEEN: seen, COUNT: torch.zeros_like(state.progress)}

    @torch.no_grad()
    def refresh(self, state: State, look: Look) -> State:
        if look.step == 0:
            return state
        game, turn = look.game, int(state.memory[COUNT]) % LOOKS
        now = {**game.buffers["discriminator"], **game.constrained_weights("discriminator")}
        seen = {name: with_row(rows, turn, now[name]) for name, rows in state.memory[SEEN].items()}
        state = state.remember(SEEN, seen).remember(COUNT, state.memory[COUNT] + 1)
        return self.partitioned(state, look, now) if turn == LOOKS - 1 else state

    def partitioned(self, state: State, look: Look, now: Params) -> State:
        """The state with new codes, where there are samples for some."""
        batch, game = look.data(self.rows), look.game
        old = self.codes(batch.y, batch, game)
        lost = mean_answer(batch.x, old, state.memory[SEEN], game) > 1 / (1 + self.margin)
        features = uncoded_features(batch.x, game)
        used = int((state.memory[MEMORY]["centres"][:, 0] < FAR).sum())
        label = with_new_codes(old, lost, used, self.clusters)
        if (label != old).float().mean() < self.share or used == self.clusters or not features.isfinite().all():
            return state
        rows = [features[label == k] for k in range(max(used, int(label.max()) + 1))]
        centres, label = kmeans_from(features, torch.stack([(r if len(r) else features[:1]).mean(0) for r in rows]))
        shares = torch.bincount(label, minlength=self.clusters) / len(label)
        rest = torch.full((self.clusters - len(centres), centres.shape[1]), FAR, device=centres.device)
        held = {"centres": torch.cat([centres.float(), rest]), "shares": shares, "discriminator": now}
        return state.remember(MEMORY, held)


def with_row(rows: Tensor, at: int, row: Tensor) -> Tensor:
    """Rows (m, ...) with one exchanged."""
    return torch.stack([row if i == at else other for i, other in enumerate(rows)])


def mean_answer(x: Tensor, code: Tensor, judges: Params, game: Game) -> Tensor:
    """(n,) the mean probability "real" by several discriminators (m, ...), each told the code."""
    with evaluation_mode(game.players.discriminator):
        rows = game.see(Sample(x, None, code, real=True))
        if (pack := len(x) // len(rows)) > 1:
            rows = game.see(Sample(x.repeat_interleave(pack, 0), None, code.repeat_interleave(pack), real=True))
        answers = []
        for i in range(LOOKS):
            played = {**game.constrained, "discriminator": {name: tensor[i] for name, tensor in judges.items()}}
            paper = replace(game.without_side_effects(), constrained=played)
            answers.append(paper.discriminate(rows).sigmoid())
    return torch.stack(answers).mean(0)


def with_new_codes(code: Tensor, lost: Tensor, used: int, most: int) -> Tensor:
    """(n,) codes: those that are lost of each code have the next free one, or the last where none is free.

    Where all of a code are lost, none stands out, and they keep it.
    """
    made = code.clone()
    for old in range(used):
        mine = code == old
        if (lost & mine).any() and (~lost & mine).any():
            made[lost & mine] = min(used, most - 1)
            used += 1
    return made
