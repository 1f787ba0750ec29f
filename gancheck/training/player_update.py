"""One team's move: the loss of one replicate, differentiated and mapped over the stack, then the optimisers' step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.func import grad_and_value
from torch.utils._pytree import tree_map

from gancheck.datasets.base import Batch
from gancheck.errors import BadPlugin
from gancheck.gans.game import Game
from gancheck.gans.noise import Noise, NoiseRecorder
from gancheck.gans.state import Params
from gancheck.training.replicas import ReplicaStack
from gancheck.training.streams import ExtendedStream, Stream, noise_stream
from gancheck.training.vectorise import ExecutionPath


class PlayerUpdate:
    """Moves the generator or the discriminator, together with the helpers that follow it."""

    def __init__(self, replicas: ReplicaStack, phase: str) -> None:
        self.replicas, self.phase, self.recipe = replicas, phase, replicas.setup.recipe
        self.team = [name for name in replicas.players.team(phase) if name in replicas.optimisers]
        self.looks_ahead = bool(self.recipe.implementing("lookahead"))
        self.batches, self.latents = self.streams()
        self.noise: dict[str, Stream] = {}
        self.mapped: Callable[..., Any] = self.step_function

    def streams(self) -> tuple[Stream | ExtendedStream, Stream | ExtendedStream]:
        """Real batches and latents; each phase has its own, so that critic steps do not shift the generator's."""
        data, latent = self.replicas.setup.dataset, self.replicas.players.latent
        batches = self.stream(data.draw, 4 * data.spec.size + 16, f"data/{self.phase}")
        return batches, self.stream(latent.draw, 4 * latent.size, f"latent/{self.phase}")

    def stream(self, draw: Callable[[int, torch.Generator], Any], row: int, purpose: str) -> Stream | ExtendedStream:
        """A batch at a time; what a strategy asks for beyond the suite's batch comes from a stream of its own."""
        usual, rows = self.replicas.setup.settings.batch, self.replicas.settings.batch
        first = Stream(draw, min(usual, rows), row, self.replicas.seeds, purpose, self.replicas.device)
        if rows <= usual:
            return first
        return ExtendedStream(
            first, Stream(draw, rows - usual, row, self.replicas.seeds, f"{purpose}/more", self.replicas.device)
        )

    def dry_run(self) -> None:
        """Play once on one replicate: checks shapes, and learns which random tensors the hooks ask for."""
        replicas = self.replicas
        recorder = NoiseRecorder({}, device=replicas.device)
        first = tree_map(lambda t: t[0], self.arguments())
        refuse_wrong_shapes(self.game(*first[:-1], NoiseRecorder({}, device=replicas.device)))
        remembered = self.gradients(*first[:-1], recorder)[2]
        if unknown := sorted(set(remembered) - set(replicas.memory)):
            raise BadPlugin(f"'{unknown[0]}' is remembered in a loss, but no strategy's memory() says how it starts")
        self.noise = {
            t: noise_stream(t, w, self.phase, replicas.seeds, replicas.device) for t, w in recorder.requests.items()
        }
        self.batches.position = self.latents.position = 0

    def try_path(self, path: ExecutionPath) -> None:
        """Map along a path and try it once, without moving; raises where the path cannot be taken."""
        self.mapped = path.map(self.step_function)
        self.mapped(*self.arguments())
        for stream in (self.batches, self.latents, *self.noise.values()):
            stream.position = 0

    def arguments(self) -> tuple[Any, ...]:
        """What the mapped function gets, every tensor with a leading replicate axis."""
        replicas = self.replicas
        mine = {name: replicas.weights[name] for name in self.team}
        rest = {name: weights for name, weights in replicas.weights.items() if name not in mine}
        noise = {ticket: stream.next()[:, 0] for ticket, stream in self.noise.items()}
        foresight = (replicas.moments(), replicas.rates()) if self.looks_ahead else ({}, {})
        state = (replicas.buffers, replicas.memory, *foresight, replicas.progress())
        return mine, rest, *state, self.batches.next(), self.latents.next(), noise

    def step_function(self, *args: Any) -> tuple[Any, ...]:
        """For one replicate: gradients, signals, memories and buffers."""
        return self.gradients(*args[:-1], Noise(args[-1]))

    def gradients(self, mine: dict[str, Params], *rest: Any) -> tuple[Any, ...]:
        """Differentiate the loss, then let strategies change the gradients."""

        def play(moving: dict[str, Params]) -> tuple[Tensor, Any]:
            game = self.game(moving, *rest)
            loss = self.loss(game)
            return loss, (mean_logits(game), game.remembered, game.buffers)

        gradients, (loss, (seen, remembered, buffers)) = grad_and_value(play, has_aux=True)(mine)
        if self.recipe.implementing("gradients"):
            game = self.game(mine, *rest)
            gradients = self.recipe.gradients(gradients, game)
            remembered = {**remembered, **game.remembered}
        seen = {f"{self.phase}_loss": loss, f"{self.phase}_gradient": gradient_norm(gradients), **seen}
        return gradients, seen, remembered, buffers

    def game(self, mine: dict[str, Params], rest: dict[str, Params], buffers: dict[str, Params], *others: Any) -> Game:
        """The game as one replicate sees it."""
        memory, moments, rates, progress, batch, latent, noise = others
        return Game(
            modules=self.replicas.players.modules,
            hooks=self.recipe,
            phase=self.phase,
            batch=Batch(*batch),
            latent=latent,
            weights={**rest, **mine},
            buffers=tree_map(torch.clone, buffers),  # modules such as BatchNorm write to them
            memory=memory,
            moments=moments,
            rates=rates,
            progress=progress,
            noise=noise,
            settings=self.replicas.settings,
        )

    def loss(self, game: Game) -> Tensor:
        """The composed loss of the player whose move it is, checked."""
        recipe = self.recipe
        loss = recipe.discriminator_loss(game) if self.phase == "discriminator" else recipe.generator_loss(game)
        if not isinstance(loss, Tensor) or loss.dim() != 0:
            raise BadPlugin(
                f"{self.phase}_loss of '{recipe.label}' gave {describe(loss)}; it must give a scalar tensor"
            )
        return loss

    def __call__(self) -> dict[str, Tensor]:
        """Move, and give the signals (replicates,) of this update."""
        gradients, seen, remembered, buffers = self.mapped(*self.arguments())
        self.replicas.remember(remembered)
        self.replicas.apply_gradients({name: gradients[name] for name in self.team})
        self.replicas.buffers = buffers
        return dict(seen)


def refuse_wrong_shapes(game: Game) -> None:
    """Refuse samples and logits of the wrong shape."""
    got, wanted = describe(game.samples), describe(game.batch.x)
    if got != wanted:
        raise BadPlugin(f"the generator made samples of {got}; this data needs {wanted}")
    logits, rows = game.call("discriminator", game.fake), len(game.fake)
    if not isinstance(logits, Tensor) or logits.numel() != rows:
        raise BadPlugin(
            f"the discriminator gave logits of {describe(logits)} for {rows} inputs; it must give one for each"
        )


def describe(answer: object) -> str:
    """What a plug-in gave, in words."""
    return f"shape {tuple(answer.shape)}" if isinstance(answer, Tensor) else f"type {type(answer).__name__}"


def gradient_norm(gradients: dict[str, Params]) -> Tensor:
    """Euclidean norm of all gradients together."""
    return torch.stack([g.square().sum() for params in gradients.values() for g in params.values()]).sum().sqrt()


def mean_logits(game: Game) -> dict[str, Tensor]:
    """Mean logits where the discriminator's loss has computed them."""
    if game.phase != "discriminator":
        return {}
    nothing = torch.full((), float("nan"), device=game.latent.device)
    held = vars(game)
    return {f"{k}_logit": held[f"{k}_logits"].mean() if f"{k}_logits" in held else nothing for k in ("real", "fake")}
