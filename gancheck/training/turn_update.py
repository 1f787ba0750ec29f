"""One turn: the losses of one replicate, differentiated and mapped over the stack, then the optimisers' step."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.func import grad_and_value
from torch.utils._pytree import tree_map

from gancheck.datasets.base import Batch
from gancheck.gans.game import Game
from gancheck.gans.noise import Noise, NoiseRecorder
from gancheck.gans.state import Params
from gancheck.strategies.hook_call import hooks_called
from gancheck.strategies.same_shapes import refuse_changed_memory
from gancheck.training.plausible import refuse_implausible, refuse_untrained
from gancheck.training.replicas import ReplicaStack
from gancheck.training.streams import ExtendedStream, Stream, noise_stream
from gancheck.training.vectorise import ExecutionPath


class Arguments(NamedTuple):
    """What a turn is computed from: of all replicates, with a leading axis, or of one."""

    mine: dict[str, Params]  #: weights of the players that move
    rest: dict[str, Params]  #: of the others
    buffers: dict[str, Params]
    memory: dict[str, Any]
    moments: Mapping[str, Any]
    rates: Mapping[str, Tensor]
    progress: Tensor
    code: dict[str, Tensor]  #: empty where the latent has no codes
    batch: Batch
    latent: Tensor
    noise: dict[str, Tensor]


class ReadMark(Mapping[str, Any]):
    """A mapping that knows whether anybody has read it."""

    def __init__(self, held: Mapping[str, Any]) -> None:
        self.held, self.read = held, False

    def __getitem__(self, name: str) -> Any:
        self.read = True
        return self.held[name]

    def __iter__(self) -> Iterator[str]:
        self.read = True
        return iter(self.held)

    def __len__(self) -> int:
        self.read = True
        return len(self.held)


class TurnUpdate:
    """Moves the players of one turn, all at once and on one batch."""

    def __init__(self, replicas: ReplicaStack, turn: tuple[str, ...]) -> None:
        self.replicas, self.phase, self.recipe = replicas, "+".join(turn), replicas.setup.recipe
        self.lead = turn[0]  #: whose data and latents the turn draws, so that seeds stay paired
        players = replicas.players
        self.owners = [owner for owner in players.owners if players.turn(owner) in turn]
        self.teams = {o: [name for name in players.team(o) if name in replicas.optimisers] for o in self.owners}
        self.team = [name for team in self.teams.values() for name in team]
        self.looks_ahead = True  #: until a dry run has shown that nobody reads moments or rates
        self.advances: frozenset[str] = frozenset()  #: players whose moments a hook sets
        self.batches, self.latents, self.codes = self.streams()
        self.noise: dict[str, Stream] = {}
        self.mapped: Callable[..., Any] = self.step_function
        self.advance: Callable[..., Any] | None = None  #: after every move

    def streams(self) -> tuple[Stream | ExtendedStream, Stream | ExtendedStream, Stream | ExtendedStream | None]:
        """Real batches, latents and codes; each turn has its own, so that critic steps do not shift the generator's."""
        data, latent = self.replicas.setup.dataset, self.replicas.players.latent
        batches = self.stream(data.draw, 4 * data.spec.size + 16, "data", self.replicas.settings.draw)
        codes = self.stream(latent.draw_codes, 8, "code") if latent.codes else None
        return batches, self.stream(latent.draw, 4 * latent.size, "latent"), codes

    def stream(
        self, draw: Callable[[int, torch.Generator], Any], row: int, purpose: str, times: int = 1
    ) -> Stream | ExtendedStream:
        """A batch at a time; what a strategy asks for beyond the suite's batch comes from a stream of its own."""
        replicas, purpose = self.replicas, f"{purpose}/{self.lead}"
        usual, rows = replicas.setup.settings.batch, times * replicas.settings.batch
        first = Stream(draw, min(usual, rows), row, replicas.seeds, purpose, replicas.device)
        if rows <= usual:
            return first
        return ExtendedStream(
            first, Stream(draw, rows - usual, row, replicas.seeds, f"{purpose}/more", replicas.device)
        )

    @property
    def all_streams(self) -> list[Stream | ExtendedStream]:
        """Everything that is drawn for an update."""
        return [self.batches, self.latents, *([self.codes] if self.codes else []), *self.noise.values()]

    def dry_run(self) -> set[tuple[str, str]]:
        """Play once on one replicate: checks shapes, and learns what the hooks ask for. Gives the hooks called."""
        replicas = self.replicas
        recorder = NoiseRecorder({}, device=replicas.device)
        first: Arguments = tree_map(lambda t: t[0], self.arguments())
        trial = self.game(first, NoiseRecorder({}, device=replicas.device), self.owners[0], first.mine)
        refuse_implausible(trial, self.recipe.seen(replicas.players, replicas.setup.dataset.spec))
        seen = first._replace(moments=ReadMark(first.moments), rates=ReadMark(first.rates))
        with hooks_called() as called:
            gradients, _, remembered, _, advanced = self.gradients(seen, recorder)
        refuse_untrained(gradients, replicas.players)
        refuse_changed_memory(remembered, first.memory)
        self.advances = frozenset(advanced)
        self.looks_ahead = seen.moments.read or seen.rates.read  # type: ignore[attr-defined]
        self.noise = {
            t: noise_stream(t, w, self.phase, replicas.seeds, replicas.device) for t, w in recorder.requests.items()
        }
        self.rewind()
        return called

    def rewind(self) -> None:
        """Draw everything from the start again."""
        for stream in self.all_streams:
            stream.position = 0

    def try_path(self, path: ExecutionPath) -> None:
        """Map along a path and try it once, without moving; raises where the path cannot be taken."""
        self.mapped = path.map(self.step_function)
        self.mapped(*self.arguments())
        self.rewind()
        if self.recipe.implementing("after_update"):
            self.advance = path.map(self.after_update)
            self.advance(*self.replicas.state(), self.before())

    def arguments(self) -> Arguments:
        """What the mapped function gets, every tensor with a leading replicate axis."""
        replicas = self.replicas
        moments, rates = (replicas.moments(), replicas.rates()) if self.looks_ahead else ({}, {})
        return Arguments(
            mine={name: replicas.weights[name] for name in self.team},
            rest={name: weights for name, weights in replicas.weights.items() if name not in self.team},
            buffers=replicas.buffers,
            memory=replicas.memory,
            moments=moments,
            rates=rates,
            progress=replicas.progress(),
            code={"code": self.codes.next()} if self.codes else {},
            batch=self.batches.next(),
            latent=self.latents.next(),
            noise={ticket: stream.next()[:, 0] for ticket, stream in self.noise.items()},
        )

    def step_function(self, *args: Any) -> tuple[Any, ...]:
        """For one replicate: gradients, signals, memories, buffers, and the moments that hooks have advanced."""
        given = Arguments(*args)
        return self.gradients(given, Noise(given.noise))

    def gradients(self, given: Arguments, noise: Noise) -> tuple[Any, ...]:
        """Differentiate every loss for its team, then let strategies change the gradients."""
        gradients: dict[str, Params] = {}
        signals: dict[str, Tensor] = {}
        remembered: dict[str, Any] = {}
        buffers: dict[str, Params] = {}
        advanced: dict[str, dict[str, Params]] = {}
        for owner, team in self.teams.items():
            slopes, loss, (seen, memories, written) = self.differentiate(owner, team, given, noise)
            gradients |= slopes
            signals |= {f"{owner}_loss": loss, f"{owner}_gradient": gradient_norm(slopes), **seen}
            remembered |= memories
            buffers |= {name: written[name] for name in team} if buffers else written
        if self.recipe.implementing("gradients"):
            game = self.game(given, noise, "gradients", given.mine)
            with self.autocast():
                gradients = self.recipe.gradients(gradients, game)
            remembered, advanced = {**remembered, **game.remembered}, game.advanced
            signals |= {f"{o}_gradient": gradient_norm({n: gradients[n] for n in t}) for o, t in self.teams.items()}
        return gradients, signals, remembered, buffers, advanced

    def autocast(self) -> AbstractContextManager[Any]:
        """In here products are in bfloat16 where the suite says so."""
        if self.replicas.setup.settings.precision != "bf16":
            return nullcontext()
        return torch.autocast(self.replicas.device.type, torch.bfloat16, cache_enabled=False)

    def differentiate(
        self, owner: str, team: list[str], given: Arguments, noise: Noise
    ) -> tuple[dict[str, Params], Tensor, Any]:
        """One loss and its gradients for the players that it trains, and what else came of it.

        Losses of one turn are written as if each were played alone; the tracer finds what they have in common.
        """

        def play(moving: dict[str, Params]) -> tuple[Tensor, Any]:
            game = self.game(given, noise, owner, moving)
            with self.autocast():
                loss = self.recipe.loss(owner, game)
            return in_float32(loss), (mean_logits(game), game.remembered, game.buffers)

        slopes, (loss, aux) = grad_and_value(play, has_aux=True)({name: given.mine[name] for name in team})
        return slopes, loss, aux

    def game(self, given: Arguments, noise: Noise, owner: str, moving: dict[str, Params]) -> Game:
        """The game as one replicate sees it."""
        replicas = self.replicas
        game = Game(
            players=replicas.players,
            hooks=self.recipe,
            phase=self.phase,
            owner=owner,
            batch=Batch(*given.batch),
            latent=given.latent,
            code=given.code.get("code"),
            weights={**given.rest, **given.mine, **moving},
            buffers=tree_map(torch.clone, given.buffers),  # modules such as BatchNorm write to them
            memory=given.memory,
            moments=given.moments,
            rates=given.rates,
            progress=given.progress,
            steps=replicas.setup.budget.steps,
            noise=noise.again(),
            settings=replicas.settings,
        )
        if self.recipe.implementing("pick") or replicas.settings.draw > 1:
            game.batch = self.recipe.pick(game.batch, replicas.settings.batch, game)
        if self.recipe.implementing("latents"):
            game.latent, game.code = self.recipe.latents(game.latent, game.code, game)
        game.counted = dict(game.noise.counts)  # all losses of a turn are of the same rows and latents
        game.noise = game.noise_of(owner)
        return game

    def after_update(self, *args: Any) -> tuple[Any, Any]:
        """One replicate's weights and memory after a move."""
        *state, before = args
        after = self.recipe.after_update(self.replicas.state_of(*state), before)
        return dict(after.weights), dict(after.memory)

    def before(self) -> dict[str, Params]:
        """Copies of the weights that are about to move."""
        return {name: {n: t.clone() for n, t in self.replicas.weights[name].items()} for name in self.team}

    def __call__(self) -> dict[str, Tensor]:
        """Move, and give the signals (replicates,) of this update."""
        gradients, signals, remembered, buffers, advanced = self.mapped(*self.arguments())
        self.replicas.remember(remembered)
        self.replicas.adopt_moments(advanced)
        before = self.before() if self.advance else {}
        self.replicas.apply_gradients({name: gradients[name] for name in self.team})
        self.replicas.buffers = buffers
        if self.advance:
            self.replicas.adopt_state(*self.advance(*self.replicas.state(), before))
        return dict(signals)


def in_float32(loss: Tensor) -> Tensor:
    """A loss that may be in bfloat16."""
    return loss.float() if loss.dtype == torch.bfloat16 else loss


def gradient_norm(gradients: dict[str, Params]) -> Tensor:
    """Euclidean norm of all gradients together."""
    return torch.stack([g.square().sum() for params in gradients.values() for g in params.values()]).sum().sqrt()


def mean_logits(game: Game) -> dict[str, Tensor]:
    """Mean logits where the discriminator's loss has computed them."""
    if game.owner != "discriminator":
        return {}
    nothing = torch.full((), float("nan"), device=game.latent.device)
    held = vars(game)
    return {f"{k}_logit": held[f"{k}_logits"].mean() if f"{k}_logits" in held else nothing for k in ("real", "fake")}
