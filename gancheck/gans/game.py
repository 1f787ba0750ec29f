"""The game: one update of one replicate, as loss hooks see it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Protocol

import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.utils._pytree import tree_map

from gancheck.datasets.base import Batch
from gancheck.gans.heads import split_head
from gancheck.gans.noise import Noise, NoiseRequest
from gancheck.gans.settings import Optimiser, Settings
from gancheck.gans.state import Params


class ComposedHooks(Protocol):
    """The hooks that a game calls, of all strategies together."""

    def inputs(self, x: Tensor, game: Game) -> Tensor:
        """What the discriminator sees of samples."""

    def constrain(self, player: str, weights: Params, game: Game) -> Params:
        """The weights that a player plays with."""

    def discriminator_loss(self, game: Game) -> Tensor:
        """The composed loss of the discriminator."""


@dataclass
class Game:
    """Everything a hook may use. All tensors belong to one replicate; all methods are pure and differentiable.

    `real` and `fake` are what the discriminator sees, after every strategy's `inputs`; `samples` is what the generator
    made. Nothing here may branch on a tensor's value.
    """

    modules: dict[str, nn.Module]
    hooks: ComposedHooks
    phase: str  #: whose update this is: "generator" or "discriminator"
    batch: Batch  #: real training samples x (n, *shape), their modes y and rows index
    latent: Tensor  #: (n, latent size)
    weights: dict[str, Params]  #: of every player
    buffers: dict[str, Params]
    memory: dict[str, Any]  #: what strategies remembered
    moments: dict[str, dict[str, Params]]  #: Adam's running means per player, where a strategy looks ahead
    rates: dict[str, Tensor]  #: learning rate per player, scalar
    progress: Tensor  #: share of the steps done, scalar in [0, 1]
    noise: Noise
    settings: Settings  #: how every player is trained
    remembered: dict[str, Any] = field(default_factory=dict)
    constrained: dict[str, Params] = field(
        default_factory=dict
    )  #: weights after `constrain`, made when they are first needed

    @cached_property
    def samples(self) -> Tensor:
        """(n, *shape): the generator's answer to `latent`."""
        return self.generate(self.latent)

    @cached_property
    def real(self) -> Tensor:
        """Real samples as the discriminator sees them."""
        return self.hooks.inputs(self.batch.x, self)

    @cached_property
    def fake(self) -> Tensor:
        """Generated samples as the discriminator sees them."""
        return self.hooks.inputs(self.samples, self)

    @cached_property
    def real_logits(self) -> Tensor:
        """(rows,) the discriminator's logits for `real`."""
        return self.discriminate(self.real)

    @cached_property
    def fake_logits(self) -> Tensor:
        """(rows,) the discriminator's logits for `fake`."""
        return self.discriminate(self.fake)

    def generate(self, latent: Tensor) -> Tensor:
        """The generator's samples for a latent (n, size)."""
        return self.call("generator", latent)

    def discriminate(self, seen: Tensor) -> Tensor:
        """(rows,) logits for samples that already went through `inputs`."""
        return self.call("discriminator", seen).flatten()

    def features(self, seen: Tensor) -> Tensor:
        """(rows, width): the discriminator's last hidden layer; needs `head.supports`."""
        body, _ = split_head(self.modules["discriminator"])
        everything = {**self.constrained_weights("discriminator"), **self.buffers["discriminator"]}
        inside = {name: everything[name] for name in body.state_dict()}
        return torch.flatten(functional_call(body, inside, (seen,)), 1)

    def input_gradient(self, seen: Tensor) -> Tensor:
        """Gradient of the logits with respect to their inputs, shaped like `seen`; it can be differentiated again."""
        slope: Tensor = torch.func.grad(lambda x: self.without_side_effects().discriminate(x).sum())(seen)
        return slope

    def call(self, player: str, *inputs: Tensor) -> Tensor:
        """Any player's output, under the weights it plays with."""
        held = {**self.constrained_weights(player), **self.buffers[player]}
        answer: Tensor = functional_call(self.modules[player], held, inputs)
        self.buffers[player] = {name: held[name] for name in self.buffers[player]}  # modules may assign new ones
        return answer

    def constrained_weights(self, player: str) -> Params:
        """A player's weights after every strategy's `constrain`."""
        if player not in self.constrained:
            self.constrained[player] = self.hooks.constrain(player, self.weights[player], self)
        return self.constrained[player]

    def normal(self, name: str, shape: tuple[int, ...] | torch.Size) -> Tensor:
        """A standard normal tensor; asking again under the same name gives a fresh one."""
        return self.noise.take(name, NoiseRequest("normal", tuple(shape)))

    def uniform(self, name: str, shape: tuple[int, ...] | torch.Size) -> Tensor:
        """A tensor uniform on [0, 1); asking again under the same name gives a fresh one."""
        return self.noise.take(name, NoiseRequest("uniform", tuple(shape)))

    def remember(self, name: str, value: Any) -> None:
        """Change a memory from inside a loss, such as a running mean of logits; gradients do not flow into it."""
        self.remembered[name] = value

    def with_weights(self, **players: Params) -> Game:
        """The same game, played with other weights."""
        return replace(self, weights={**self.weights, **players}, constrained={})

    def without_side_effects(self) -> Game:
        """The same game on paper: what modules write to buffers, and hooks to memory, is not kept."""
        return replace(self, buffers=tree_map(torch.clone, self.buffers), remembered={})

    def optimiser(self, player: str) -> Optimiser:
        """A player's optimiser settings."""
        return self.settings.player(player)

    def discriminator_loss(self) -> Tensor:
        """The composed discriminator loss at these weights, as a look ahead needs it: nothing is written."""
        return self.hooks.discriminator_loss(self.without_side_effects())
