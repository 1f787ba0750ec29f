"""Strategies composed into the hooks that the training loop calls, from left to right."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from gancheck.datasets.base import Batch, DataSpec
from gancheck.errors import BadPlugin, refuse_unknown
from gancheck.gans.base import Gan, Model
from gancheck.gans.dropout import exchange_dropout
from gancheck.gans.game import Game, Sample
from gancheck.gans.latent import Latent
from gancheck.gans.look import Look
from gancheck.gans.players import Built, Players
from gancheck.gans.sampler import PlainSampler, Sampler
from gancheck.gans.settings import Settings
from gancheck.gans.state import Params, State
from gancheck.strategies.base import BuildInfo, Strategy, is_objective, name_of, samples_only
from gancheck.strategies.hook_call import call_hook
from gancheck.strategies.named_sampler import NamedSampler
from gancheck.strategies.same_shapes import require_same_shapes, require_step_state

NOTHING: Mapping[str, Any] = {}


class Composition:
    """What every hook gives when all strategies have had their say."""

    strategies: tuple[Strategy, ...]

    def implementing(self, hook: str) -> list[Strategy]:
        """The strategies that override a hook."""
        return [s for s in self.strategies if s.overrides(hook)]

    def discriminator_data(self, data: DataSpec, latent: Latent) -> DataSpec:
        """What the discriminator sees of the data."""
        for s in self.implementing("discriminator_data"):
            data = call_hook(s, "discriminator_data", data, latent)
        return data

    def study(self, look_as: Callable[[str], Look]) -> dict[str, dict[str, Any]]:
        """What every strategy finds out before anything is built, by strategy; `look_as(name)` is its view."""
        return {name_of(s): call_hook(s, "study", look_as(name_of(s))) for s in self.implementing("study")}

    def networks(self, model: Model, data: DataSpec, found: Mapping[str, Any] = NOTHING) -> Built:
        """A GAN's players after every strategy; of any other model, what it builds."""
        return self.players(model, data, found) if isinstance(model, Gan) else model.build(data)

    def players(self, gan: Gan, data: DataSpec, found: Mapping[str, Any] = NOTHING) -> Players:
        """The GAN's players, the discriminator built for what it will see, then wrapped."""
        players = gan.build(data)
        seen = self.seen(players, data)
        if seen != data:
            players = players.replace(discriminator=gan.build(seen).discriminator)
        for s in self.implementing("prepare"):
            info = BuildInfo(data, seen, gan, found.get(name_of(s), {}))
            players = call_hook(s, "prepare", players, info)
            if not isinstance(players, Players):
                raise BadPlugin(f"strategy '{name_of(s)}', prepare: gave {type(players).__name__}, not players")
        for s in self.strategies:
            for player in s.keeps:
                refuse_unknown(player, players.modules, f"a player that strategy '{name_of(s)}' keeps", BadPlugin)
        for module in players.modules.values():
            exchange_dropout(module)
        return players

    def seen(self, built: Players, data: DataSpec) -> DataSpec:
        """What the critics see of the data, for the players that a GAN builds."""
        judged = data.joined(built.latent.codes) if built.discriminator_sees_code else data
        return self.discriminator_data(judged, built.latent)

    def initial(self, player: str, module: nn.Module, source_of: Callable[[str], torch.Generator]) -> None:
        """Set a player's starting weights in place; `source_of(name)` is a strategy's random numbers."""
        for s in self.implementing("initial"):
            weights = {name: p.detach() for name, p in module.named_parameters()}
            made = call_hook(s, "initial", weights, player, module, source_of(name_of(s)))
            require_same_shapes(made, weights, f"strategy '{name_of(s)}', initial, player '{player}'")
            with torch.no_grad():
                for name, parameter in module.named_parameters():
                    parameter.copy_(made[name])

    def settings(self, settings: Settings) -> Settings:
        """The suite's settings after every strategy."""
        for hook in ("settings", "final_settings"):
            for s in self.implementing(hook):
                settings = call_hook(s, hook, settings)
        return settings

    def inputs(self, x: Tensor, of: Sample, game: Game) -> Tensor:
        """What the discriminator sees of samples."""
        for s in self.implementing("inputs"):
            x = call_hook(s, "inputs", x, of, game)
        return x

    def codes(self, batch: Batch, game: Game) -> Tensor:
        """(n,) codes of real samples: their modes, unless a strategy knows others."""
        code = batch.y
        for s in self.implementing("codes"):
            code = call_hook(s, "codes", code, batch, game)
        return code

    def pick(self, batch: Batch, n: int, game: Game) -> Batch:
        """The n training samples of an update."""
        for s in self.implementing("pick"):
            batch = Batch(*call_hook(s, "pick", batch, n, game))
        return Batch(*(column[:n] for column in batch))

    def latents(self, latent: Tensor, code: Tensor | None, game: Game) -> tuple[Tensor, Tensor | None]:
        """The latents and codes of an update."""
        for s in self.implementing("latents"):
            latent, code = call_hook(s, "latents", latent, code, game)
        return latent, code

    def weigh(self, side: str, rows: int, game: Game) -> Tensor | None:
        """(rows,) weights of the rows of one side, None where no strategy weighs."""
        weighing = self.implementing("weigh")
        if not weighing:
            return None
        weights = torch.ones(rows, device=game.latent.device)
        for s in weighing:
            weights = call_hook(s, "weigh", weights, side, game)
        return weights

    def constrain(self, player: str, weights: Params, game: Game) -> Params:
        """The weights a player plays with."""
        for s in self.implementing("constrain"):
            made = call_hook(s, "constrain", weights, player, game)
            require_same_shapes(made, weights, f"strategy '{name_of(s)}', constrain, player '{player}'")
            weights = made
        return weights

    def loss(self, owner: str, game: Game) -> Tensor:
        """The composed loss of a player, after every look ahead."""
        play: Callable[[Game], Tensor] = partial(self.plain_loss, owner)
        for s in self.implementing("lookahead"):
            play = partial(call_hook, s, "lookahead", play)
        return play(game)

    def plain_loss(self, owner: str, game: Game) -> Tensor:
        """The composed loss of a player without looking ahead."""
        if owner == "discriminator":
            return self.discriminator_loss(game)
        return self.generator_loss(game) if owner == "generator" else self.helper_loss(owner, game)

    def generator_loss(self, game: Game) -> Tensor:
        """The composed loss of the generator."""
        loss = torch.zeros((), device=game.latent.device)
        for s in self.implementing("generator_loss"):
            loss = scalar(call_hook(s, "generator_loss", loss, game), s, "generator_loss")
        return loss

    def helper_loss(self, player: str, game: Game) -> Tensor:
        """The composed loss of a helper; BadPlugin where every strategy leaves it as it came."""
        loss = nothing = torch.zeros((), device=game.latent.device)
        for s in self.implementing("helper_loss"):
            loss = scalar(call_hook(s, "helper_loss", loss, player, game), s, "helper_loss")
        if loss is nothing:
            raise BadPlugin(f"player '{player}' has a loss of its own that no helper_loss gives")
        return loss

    def discriminator_loss(self, game: Game) -> Tensor:
        """The composed loss of all critics; what is no objective is added for each of them."""
        loss = torch.zeros((), device=game.latent.device)
        for s in self.implementing("discriminator_loss"):
            for critic in game.critics[:1] if is_objective(s) else game.critics:
                loss = scalar(call_hook(s, "discriminator_loss", loss, game.facing(critic)), s, "discriminator_loss")
        return loss

    def gradients(self, gradients: dict[str, Params], game: Game, before: Strategy | None = None) -> dict[str, Params]:
        """The gradients after every strategy, or after those to the left of one."""
        for s in self.implementing("gradients"):
            if s is before:
                break
            made = call_hook(s, "gradients", gradients, game)
            for player, slopes in gradients.items():
                what = f"strategy '{name_of(s)}', gradients, player '{player}'"
                require_same_shapes(made.get(player, {}), slopes, what)
            gradients = made
        return gradients

    def memory(self, state: State) -> dict[str, Any]:
        """Everything to remember at the start; state.memory is what `study` found.

        A strategy that remembers from inside the discriminator's loss has a memory for each critic.
        """
        memory, owner = dict(state.memory), dict.fromkeys(state.memory, "study")
        for s in self.implementing("memory"):
            for critic in state.critics if s.overrides("discriminator_loss") else state.critics[:1]:
                mark = "" if critic == state.critics[0] else f"@{critic}"
                own = {
                    f"{name}{mark}": value
                    for name, value in call_hook(s, "memory", replace(state, critic=critic)).items()
                }
                if twice := sorted(set(own) & set(memory)):
                    raise BadPlugin(
                        f"strategies '{owner[twice[0]]}' and '{name_of(s)}' both remember '{twice[0]}'; "
                        "begin the name of a memory with the strategy's"
                    )
                memory |= own
                owner |= dict.fromkeys(own, name_of(s))
        return memory

    def after_update(self, state: State, before: Mapping[str, Params]) -> State:
        """The state after an optimiser's step; the objective comes last, so that weights it clips stay clipped."""
        for s in sorted(self.implementing("after_update"), key=is_objective):
            after = call_hook(s, "after_update", state, before)
            require_step_state(after, state, f"strategy '{name_of(s)}', after_update")
            state = after
        return state

    def after_step(self, state: State) -> State:
        """The state after every strategy's last word."""
        for s in self.implementing("after_step"):
            after = call_hook(s, "after_step", state)
            require_step_state(after, state, f"strategy '{name_of(s)}', after_step")
            state = after
        return state

    def due(self, step: int, steps: int) -> list[Strategy]:
        """The strategies that refresh something before a step of a run of so many."""
        periods = [(s, call_hook(s, "period_in", steps)) for s in self.implementing("refresh")]
        for s, period in periods:
            if period < 1:
                raise BadPlugin(f"strategy '{name_of(s)}' has refresh, but period = {period}; it needs 1 or more")
        return [s for s, period in periods if step % period == 0]

    def evaluation_weights(self, state: State, players: Iterable[str]) -> dict[str, Params]:
        """Weights and buffers of players as they are to be evaluated."""
        weights = {p: {**state.weights[p], **state.buffers.get(p, {})} for p in players}
        for s in self.implementing("evaluation_weights"):
            made = call_hook(s, "evaluation_weights", weights, state)
            for player, tensors in weights.items():
                what = f"strategy '{name_of(s)}', evaluation_weights, player '{player}'"
                require_same_shapes(made.get(player, {}), tensors, what)
            weights = made
        return weights

    @property
    def keeps(self) -> tuple[str, ...]:
        """The players that sampling needs beside those that generate."""
        return tuple(dict.fromkeys(player for s in self.strategies for player in s.keeps))

    def sampler(self, plain: PlainSampler) -> Sampler:
        """How samples are drawn at evaluation: those that sample are around those that say what the generator is."""
        plain.outermost = plain
        for s in sorted(self.implementing("sampler"), key=samples_only):
            plain.outermost = NamedSampler(s, plain.outermost)
        return plain.outermost


def scalar(loss: object, strategy: Strategy, hook: str) -> Tensor:
    """The loss, or BadPlugin where it is none."""
    if isinstance(loss, Tensor) and loss.dim() == 0:
        return loss
    got = f"shape {tuple(loss.shape)}" if isinstance(loss, Tensor) else f"type {type(loss).__name__}"
    raise BadPlugin(f"{hook} of '{name_of(strategy)}' gave {got}; it must give a scalar tensor")
