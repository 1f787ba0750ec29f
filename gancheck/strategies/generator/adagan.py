"""AdaGAN: boosting. One generator after another is trained on the data that those before it do not cover.

Tolstikhin, Gelly, Bousquet, Simon-Gabriel & Schölkopf, "AdaGAN: boosting generative models", NeurIPS 2017. As in the
paper, a critic of its own tells data from the mixture so far, its answer gives every real sample a weight, all
generators have the same share, and each is trained from the start. The run is cut into as many parts as there are
generators, so each gets fewer steps, and all together cost what one does; the paper gives each a training of its own.
Each starts at the same weights, and optimisers start anew; memories of other strategies, such as a mean of weights, and
running means of batch norm go on. The critic sees the mixture as it would be evaluated, each sample as a real one is
seen: where a strategy such as `self-conditioned` gives real samples codes, generated ones get theirs in the same way.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.nn.functional import softplus

from gancheck.datasets.base import Batch
from gancheck.errors import BadParameter
from gancheck.gans.game import Game, Sample
from gancheck.gans.look import Look
from gancheck.gans.sampler import Sampler
from gancheck.gans.state import Params, State
from gancheck.strategies.base import Strategy, strategy
from gancheck.strategies.sampling.checkpoint_ensemble import EnsembleSampler, empty_queue, enqueue, kept_generators
from gancheck.strategies.search_space import Choice

QUEUE, START, CRITIC = "adagan/generators", "adagan/start", "adagan/critic"
BATCH, LR = 128, 1e-3  #: of the critic between data and mixture


@strategy("adagan", family="generator", paper="Tolstikhin et al., NeurIPS 2017", search={"generators": Choice(3, 5, 8)})
@dataclass(frozen=True)
class AdaGan(Strategy):
    """Train generator t on real samples weighted by (lambda - (1 - 1/t) exp(-D(x)))_+, D between data and mixture."""

    generators: int = 5  #: trained one after another, T in the paper; a choice of ours
    critic_updates: int = 500  #: of the critic between data and mixture, before each generator; a choice of ours
    rows: int = 10_000  #: real samples on which the weights are normalised, about

    judges_alone: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if self.generators < 2 or min(self.critic_updates, self.rows) < 1:
            raise BadParameter(
                f"generators = {self.generators} must be at least 2, critic_updates = {self.critic_updates} and rows = "
                f"{self.rows} at least 1"
            )

    def period_in(self, steps: int) -> int:
        return max(1, steps // self.generators)

    def memory(self, state: State) -> dict[str, Any]:
        zero = torch.zeros_like(state.progress)
        critic = {"weights": state.weights["discriminator"], "level": zero, "share": zero + 1}
        return {QUEUE: empty_queue(state, self.generators - 1), START: dict(state.weights), CRITIC: critic}

    def refresh(self, state: State, look: Look) -> State:
        if look.step == 0 or int(state.memory[QUEUE]["filled"]) == self.generators - 1:
            return state  # the last generator has what is left of the run
        queue = enqueue(state.memory[QUEUE], look.snapshot(), self.generators - 1)
        start: dict[str, Params] = state.memory[START]
        share = 1 / (1 + int(queue["filled"]))
        critic = self.train_critic(start["discriminator"], kept_generators(queue)[:-1], look)
        rows = self.judge_data(critic, look)
        state = state.remember(QUEUE, queue)
        if rows.isfinite().all():  # else this seed has diverged; the others go on
            level = torch.as_tensor(find_level(rows.double(), share), dtype=rows.dtype, device=rows.device)
            beta = torch.full_like(level, share)
            state = state.remember(CRITIC, {"weights": critic, "level": level, "share": beta})
        return replace(state, weights=start).restart(*start)

    def judge_data(self, critic: Params, look: Look) -> Tensor:
        """(n,) what `excess` gives for real samples, as many judged at once as in training."""
        game, batch = look.game, look.game.settings.batch
        parts = [look.data(batch) for _ in range(-(-self.rows // batch))]
        return torch.cat([excess(critic, game.see(game.real_sample(part)), game) for part in parts])

    def train_critic(self, start: Params, mixture: list[dict[str, Params]], look: Look) -> Params:
        """Weights of a discriminator that tells data from equal shares of the generators so far."""
        weights = {name: tensor.clone().requires_grad_() for name, tensor in start.items()}
        optimiser = torch.optim.Adam(list(weights.values()), lr=LR)
        game = look.game
        for update in range(self.critic_updates):
            made = look.draw(mixture[update % len(mixture)], BATCH)
            real, fake = (game.see(game.real_sample(of)) for of in (look.data(BATCH), as_data(made)))
            with torch.enable_grad():
                judge = judging(game, weights)
                loss = softplus(-judge(real)).mean() + softplus(judge(fake)).mean()
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
        return {name: tensor.detach() for name, tensor in weights.items()}

    def weigh(self, weights: Tensor, side: str, game: Game) -> Tensor:
        if side != "real":
            return weights
        memory = game.memory[CRITIC]
        share, rows = memory["share"], excess(memory["weights"], game.facing("discriminator").real, game)
        boosted = (memory["level"] - (1 - share) * rows).clamp_min(0) / share
        return weights * torch.where(share < 1, boosted, torch.ones_like(boosted))

    def sampler(self, inner: Sampler) -> Sampler:
        return EnsembleSampler(inner, QUEUE)


def judging(game: Game, weights: Params) -> Callable[[Tensor], Tensor]:
    """The logits of a discriminator with these weights."""
    return game.without_side_effects().facing("discriminator").with_weights(discriminator=weights).discriminate


def excess(critic: Params, seen: Tensor, game: Game) -> Tensor:
    """(rows,) how many times as dense the mixture is as the data, as the critic judges it."""
    return (-judging(game, critic)(seen).detach()).clamp(-20, 20).exp()


def as_data(made: Sample) -> Batch:
    """Generated samples as if they were real ones, under the codes that they were made from, if any."""
    nobody = torch.full((len(made.x),), -1, device=made.x.device)
    return Batch(made.x, nobody if made.code is None else made.code, nobody)


def find_level(excess: Tensor, share: float) -> float:
    """lambda, at which the weights (lambda - (1 - share) excess)_+ / share are 1 in the mean over rows (n,)."""
    taken = (1 - share) * excess.sort().values
    counts = torch.arange(1, len(taken) + 1, device=taken.device)
    levels = (share * len(taken) + taken.cumsum(0)) / counts  # where the first of them are those above 0
    last = int((levels > taken).nonzero().max())
    return float(levels[last])
