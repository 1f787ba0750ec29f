"""The Wasserstein critic, held in a compact set of weights by clipping them after every one of its updates.

Arjovsky, Chintala & Bottou, "Wasserstein generative adversarial networks", ICML 2017. It costs 4 times a plain step, as
the critic takes five.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from torch import Tensor

from gancheck.errors import BadParameter
from gancheck.gans.game import Game
from gancheck.gans.settings import Settings
from gancheck.gans.state import Params, State
from gancheck.strategies.base import Strategy, strategy
from gancheck.strategies.search_space import Choice, Log


@strategy(
    "wgan-clip",
    family="objective",
    paper="Arjovsky et al., ICML 2017",
    search={"c": Log(0.001, 0.1), "critic_steps": Choice(1, 2, 5)},
)
@dataclass(frozen=True)
class WganClip(Strategy):
    """A critic without a sigmoid, every weight clipped to [-c, c] after each update; both players move by RMSProp."""

    c: float = 0.01  #: largest size of a critic's weight, as in the paper
    lr: float = 5e-5  #: learning rate of both players, as in the paper
    critic_steps: int = 5  #: discriminator updates per generator update, as in the paper

    def __post_init__(self) -> None:
        if not self.c > 0:
            raise BadParameter(f"c = {self.c} must be positive")

    def settings(self, settings: Settings) -> Settings:
        for player in ("discriminator", "generator"):
            settings = settings.tuned(player, name="rmsprop", lr=self.lr, momentum=None)
        return replace(settings, critic_steps=self.critic_steps)

    def discriminator_loss(self, loss: Tensor, game: Game) -> Tensor:
        return game.average(game.fake_logits, "fake") - game.average(game.real_logits, "real")

    def generator_loss(self, loss: Tensor, game: Game) -> Tensor:
        return -game.average(game.fake_logits, "fake")

    def after_update(self, state: State, before: Mapping[str, Params]) -> State:
        for critic in (name for name in state.critics if name in before):
            clipped = {name: weight.clamp(-self.c, self.c) for name, weight in state.weights[critic].items()}
            state = state.with_weights(critic, clipped)
        return state
