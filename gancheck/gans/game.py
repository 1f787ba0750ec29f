"""The game: one update of one replicate, as loss hooks see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any, NamedTuple, Protocol

import torch
from torch import Tensor
from torch.func import functional_call, grad
from torch.utils._pytree import tree_map

from gancheck.datasets.base import Batch
from gancheck.errors import BadPlugin, refuse_unknown
from gancheck.gans.heads import features_of
from gancheck.gans.latent import join, one_hot
from gancheck.gans.noise import Noise, NoiseRequest, answered_by
from gancheck.gans.players import Players, generate_with
from gancheck.gans.settings import Optimiser, Settings
from gancheck.gans.state import Params


class Sample(NamedTuple):
    """Where samples come from that the discriminator is to see."""

    x: Tensor  #: (n, *shape) as the data or the generator made them
    z: Tensor | None  #: (n, size) the latents of generated samples; None for real ones
    code: Tensor | None  #: (n,) int64; None where the latent has no codes
    real: bool


class ComposedHooks(Protocol):
    """The hooks that a game calls, of all strategies together."""

    def inputs(self, x: Tensor, of: Sample, game: Game) -> Tensor:
        """What the discriminator sees of samples."""

    def codes(self, batch: Batch, game: Game) -> Tensor:
        """(n,) codes of real samples."""

    def weigh(self, side: str, rows: int, game: Game) -> Tensor | None:
        """(rows,) weights of the rows that are averaged on a side; None where all are alike."""

    def constrain(self, player: str, weights: Params, game: Game) -> Params:
        """The weights that a player plays with."""

    def loss(self, owner: str, game: Game) -> Tensor:
        """The composed loss of a player."""

    def discriminator_loss(self, game: Game) -> Tensor:
        """The composed loss of the discriminator, without looking ahead."""

    def gradients(self, gradients: dict[str, Params], game: Game, before: Any = None) -> dict[str, Params]:
        """The gradients after every strategy, or after those to the left of one."""


@dataclass
class Game:
    """Everything a hook may use. All tensors belong to one replicate; all methods are pure and differentiable.

    `real` and `fake` are what the discriminator sees, after every strategy's `inputs`; `samples` is what the generator
    made. Nothing here may branch on a tensor's value.
    """

    players: Players
    hooks: ComposedHooks
    phase: str  #: whose turn this is: "generator" or "discriminator", or both joined by "+"
    owner: str  #: whose loss is played: "generator", "discriminator", a helper with a loss of its own; or "gradients"
    batch: Batch  #: real training samples x (n, *shape), their modes y and rows index
    latent: Tensor  #: (n, latent size)
    code: Tensor | None  #: (n,) int64 of each latent; None where the latent has no codes
    weights: dict[str, Params]  #: of every player
    buffers: dict[str, Params]
    memory: Mapping[str, Any]  #: what strategies remembered
    moments: Mapping[str, dict[str, Params]]  #: Adam's running means: player -> "first", "second", "count" -> parameter
    rates: Mapping[str, Tensor]  #: learning rate per player, scalar
    progress: Tensor  #: share of the steps done, scalar in [0, 1]
    steps: int  #: of the whole training
    noise: Noise
    settings: Settings  #: how every player is trained
    remembered: dict[str, Any] = field(default_factory=dict)
    advanced: dict[str, dict[str, Params]] = field(default_factory=dict)  #: moments to step from, see `advance_moments`
    constrained: dict[str, Params] = field(
        default_factory=dict
    )  #: weights after `constrain`, made when they are first needed
    counted: dict[str, int] = field(default_factory=dict)  #: random tensors taken before the losses, by name
    critic: str = "discriminator"  #: who is asked by `discriminate`, `features` and `input_gradient`

    faced: dict[str, Game] = field(default_factory=dict, init=False)  #: this game as further critics face it

    @cached_property
    def samples(self) -> Tensor:
        """(n, *shape): the generator's answer to `latent`."""
        return self.generate(self.latent)

    @cached_property
    def real(self) -> Tensor:
        """Real samples as the discriminator sees them."""
        return self.see(self.real_sample(self.batch))

    @cached_property
    def fake(self) -> Tensor:
        """Generated samples as the discriminator sees them."""
        return self.see(Sample(self.samples, self.latent, self.code, real=False))

    @cached_property
    def real_logits(self) -> Tensor:
        """(rows,) the discriminator's logits for `real`."""
        return self.discriminate(self.real)

    @cached_property
    def fake_logits(self) -> Tensor:
        """(rows,) the discriminator's logits for `fake`."""
        return self.discriminate(self.fake)

    @property
    def step(self) -> Tensor:
        """Number of the steps done, a scalar."""
        return (self.progress * self.steps).round()

    @property
    def critics(self) -> tuple[str, ...]:
        """All that judge samples, "discriminator" first."""
        return self.players.critics

    def facing(self, critic: str) -> Game:
        """This game with another critic asked; samples, noise and whatever is written are shared."""
        refuse_unknown(critic, self.critics, "the critic", BadPlugin)
        if critic == self.critic:
            return self
        return self.faced.setdefault(critic, OtherCritic.of(self, critic))

    def real_sample(self, batch: Batch) -> Sample:
        """Real samples, with the codes that strategies give them where the latent has codes."""
        code = self.hooks.codes(batch, self) if self.players.latent.codes else None
        return Sample(batch.x, None, code, real=True)

    def see(self, of: Sample) -> Tensor:
        """What the discriminator sees of samples (n, *shape): they go through every strategy's `inputs`."""
        x = of.x
        if self.players.discriminator_sees_code and of.code is not None:
            x = join(x, one_hot(of.code, self.players.latent.codes))
        return self.hooks.inputs(x, of, self)

    def generate(self, latent: Tensor, code: Tensor | None = None) -> Tensor:
        """The generator's samples for a latent (n, size) before any prior, under this game's codes unless told."""
        return generate_with(self.players, self.call, latent, self.code if code is None else code)

    def discriminate(self, seen: Tensor) -> Tensor:
        """(rows,) logits for samples that already went through `inputs`."""
        logits: Tensor = self.call(self.critic, seen)
        return logits.flatten()

    def features(self, seen: Tensor) -> Tensor:
        """(rows, width): the discriminator's last hidden layer, what its head is given; see `has_head`."""
        return features_of(self.players.modules[self.critic], lambda: self.call(self.critic, seen))

    def input_gradient(self, seen: Tensor) -> Tensor:
        """Gradient of the logits with respect to their inputs, shaped like `seen`; it can be differentiated again."""
        slope: Tensor = grad(lambda x: self.without_side_effects().discriminate(x).sum())(seen)
        return slope

    def call(self, player: str, *inputs: Tensor) -> Any:
        """Any player's output, under the weights it plays with."""
        refuse_unknown(player, self.weights, "the player", BadPlugin)
        held = {**self.constrained_weights(player), **self.buffers[player]}
        with answered_by(self.noise):
            answer = functional_call(self.players.modules[player], held, inputs, strict=True)
        self.buffers[player] = {name: held[name] for name in self.buffers[player]}  # modules may assign new ones
        return answer

    def constrained_weights(self, player: str) -> Params:
        """A player's weights after every strategy's `constrain`."""
        if player not in self.constrained:
            self.constrained[player] = self.hooks.constrain(player, self.weights[player], self)
        return self.constrained[player]

    def average(self, rows: Tensor, *sides: str) -> Tensor:
        """The mean of (rows,) numbers, one a judged sample, under the weights that strategies give to its rows.

        An objective that averages so, and not by `.mean()`, can be weighed. `sides` says what a row is of: "real",
        "fake", or both where it compares a pair.
        """
        weights = [w for side in sides if (w := self.hooks.weigh(side, len(rows), self)) is not None]
        if not weights:
            return rows.mean()
        product = torch.stack(weights).prod(0)
        return (product * rows).sum() / product.sum().clamp_min(torch.finfo(product.dtype).tiny)

    def normal(self, name: str, shape: tuple[int, ...] | torch.Size) -> Tensor:
        """A standard normal tensor; asking again under the same name gives a fresh one."""
        return self.noise.take(name, NoiseRequest("normal", tuple(shape)))

    def uniform(self, name: str, shape: tuple[int, ...] | torch.Size) -> Tensor:
        """A tensor uniform on [0, 1); asking again under the same name gives a fresh one."""
        return self.noise.take(name, NoiseRequest("uniform", tuple(shape)))

    def remember(self, name: str, value: Any) -> None:
        """Change a memory from inside a loss, such as a running mean of logits; gradients do not flow into it."""
        self.remembered[name] = value

    def advance_moments(self, player: str, moments: dict[str, Params]) -> None:
        """Let a player's Adam step from these running means and not from `moments`: a `gradients` hook foresaw a step.

        Raises BadPlugin where the player's optimiser is not Adam.
        """
        if "adam" not in (name := self.optimiser(player).name):
            raise BadPlugin(f"'{player}' is moved by {name}, which keeps no moments of Adam's")
        self.advanced[player] = moments

    def with_weights(self, **players: Params) -> Game:
        """The same game, played with other weights."""
        return replace(self, weights={**self.weights, **players}, constrained={})

    def without_side_effects(self) -> Game:
        """The same game on paper: what modules write to buffers, and hooks to memory or moments, is not kept."""
        return replace(self, buffers=tree_map(torch.clone, self.buffers), remembered={}, advanced={})

    def optimiser(self, player: str) -> Optimiser:
        """A player's optimiser settings."""
        return self.settings.player(player, self.players.turn(player))

    def discriminator_loss(self) -> Tensor:
        """The composed discriminator loss at these weights, as a look ahead needs it: nothing is written."""
        return self.hooks.discriminator_loss(replace(self.without_side_effects(), owner="discriminator"))

    def field(self, weights: Mapping[str, Params] | None = None) -> dict[str, Params]:
        """The gradients of all players of this turn, each of its own loss, at other weights or at these.

        Samples, latents and noise are those of this game; nothing is written, and no `gradients` hook is asked.
        It can be differentiated, as consensus optimisation does.
        """
        point = {**self.weights, **(weights or {})}
        return {name: slopes for owner in self.moving for name, slopes in self.slopes(owner, point).items()}

    def slopes(self, owner: str, point: dict[str, Params]) -> dict[str, Params]:
        """Gradients of one player's loss for its team."""

        def play(mine: dict[str, Params]) -> Tensor:
            game = replace(self.without_side_effects(), owner=owner, noise=self.noise_of(owner), constrained={})
            return self.hooks.loss(owner, replace(game, weights={**point, **mine}))

        slopes: dict[str, Params] = grad(play)({name: point[name] for name in self.players.team(owner) if point[name]})
        return slopes

    def noise_of(self, owner: str) -> Noise:
        """The random tensors of one loss of this turn, from the start; those of the first have the names alone."""
        return self.noise.again("" if owner == self.moving[0] else f"{owner}/", self.counted)

    @property
    def moving(self) -> tuple[str, ...]:
        """The players with a loss of their own that move in this turn."""
        turns = self.phase.split("+")
        return tuple(owner for owner in self.players.owners if self.players.turn(owner) in turns)


@dataclass
class OtherCritic(Game):
    """A game as a further critic faces it: it sees the same samples, and keeps memories of its own."""

    base: Game | None = None

    @classmethod
    def of(cls, base: Game, critic: str) -> OtherCritic:
        """The same game, another critic."""
        kept = {name: value for name, value in base.memory.items() if "@" not in name}
        own = {name.removesuffix(f"@{critic}"): v for name, v in base.memory.items() if name.endswith(f"@{critic}")}
        same = {f.name: getattr(base, f.name) for f in fields(Game) if f.init}
        return cls(**{**same, "critic": critic, "memory": {**kept, **own}}, base=base)

    @property
    def real(self) -> Tensor:
        """Real samples as every critic sees them."""
        return self.first.real

    @property
    def fake(self) -> Tensor:
        """Generated samples as every critic sees them."""
        return self.first.fake

    @property
    def samples(self) -> Tensor:
        """(n, *shape): the generator's answer to `latent`."""
        return self.first.samples

    @property
    def first(self) -> Game:
        """The game that the first critic faces."""
        assert self.base is not None
        return self.base

    def facing(self, critic: str) -> Game:
        return self if critic == self.critic else self.first.facing(critic)

    def field(self, weights: Mapping[str, Params] | None = None) -> dict[str, Params]:
        return self.first.field(weights)

    def discriminator_loss(self) -> Tensor:
        return self.first.discriminator_loss()

    def with_weights(self, **players: Params) -> Game:
        return self.first.with_weights(**players).facing(self.critic)

    def without_side_effects(self) -> Game:
        return self.first.without_side_effects().facing(self.critic)

    def remember(self, name: str, value: Any) -> None:
        """Change this critic's memory."""
        self.remembered[f"{name}@{self.critic}"] = value
