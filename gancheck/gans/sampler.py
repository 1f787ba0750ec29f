"""Drawing samples from what a snapshot keeps."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor
from torch.func import functional_call

from gancheck.errors import BadPlugin, Diverged, GancheckError, Unsupported, refuse_unknown
from gancheck.gans.game import ComposedHooks, Game, Sample
from gancheck.gans.noise import DrawnNoise, FreshNoise, answered_by
from gancheck.gans.players import Built, Players, generate_with
from gancheck.gans.settings import Settings
from gancheck.gans.state import Kept
from gancheck.gans.still_game import still_game

CHUNK = 4096


class Sampler:
    """How samples are drawn. A strategy's `sampler` hook gives one around another.

    Override `latents` or `generate` to change what goes into the networks or what they make of it, and `draw` to
    choose among the samples that `self.inner.draw` gives, or to draw them from other weights.
    """

    def __init__(self, inner: Sampler) -> None:
        self.inner = inner

    def __str__(self) -> str:
        return type(self).__name__

    @property
    def players(self) -> Built:
        """The networks in evaluation mode, without weights of their own."""
        return self.inner.players

    @property
    def evaluations(self) -> Counter[str]:
        """Rows that each player was called for so far."""
        return self.inner.evaluations

    def latents(self, kept: Kept, count: int, source: torch.Generator) -> tuple[Tensor, Tensor | None]:
        """z (count, size) and code (count,), None where there are no codes."""
        return self.inner.latents(kept, count, source)

    def generate(self, kept: Kept, latent: Tensor, code: Tensor | None = None) -> Tensor:
        """Samples for given latents (n, size) and codes (n,)."""
        return self.inner.generate(kept, latent, code)

    def draw(self, kept: Kept, count: int, source: torch.Generator) -> Sample:
        """`count` samples with what they were made from; random numbers come from `source` only."""
        return self.inner.draw(kept, count, source)

    def call(self, kept: Kept, player: str, *inputs: Tensor) -> Any:
        """The output of a player that the snapshot keeps, in evaluation mode."""
        return self.inner.call(kept, player, *inputs)

    def game(self, kept: Kept, source: torch.Generator) -> Game:
        """The game as it stands with what was kept, for what asks a game; `progress` is 1."""
        return self.inner.game(kept, source)

    def judge(self, kept: Kept, of: Sample, source: torch.Generator) -> Tensor:
        """(rows,) logits of the discriminator for samples as it sees them: packs where it judges packs.

        It is asked for as many at once as in training, since it may compare those it is asked for together; samples
        from the start fill up the last batch. The strategy needs `keeps = ("discriminator",)`.
        """
        return self.inner.judge(kept, of, source)


class PlainSampler(Sampler):
    """Latents through the generator in evaluation mode; what all others are built around."""

    def __init__(self, players: Built, hooks: ComposedHooks | None = None, settings: Settings | None = None) -> None:
        detach_derived(players)
        self.built, self.hooks = copy.deepcopy(players), hooks
        self.settings = settings or Settings()  #: the recipe's
        self.modules = {name: module.eval() for name, module in self.built.modules.items()}
        self.counts: Counter[str] = Counter()
        self.outermost: Sampler = self  #: whose `latents` and `generate` are asked

    @property
    def players(self) -> Built:
        return self.built

    @property
    def evaluations(self) -> Counter[str]:
        return self.counts

    def latents(self, kept: Kept, count: int, source: torch.Generator) -> tuple[Tensor, Tensor | None]:
        return self.built.latent.sample(count, source)

    def generate(self, kept: Kept, latent: Tensor, code: Tensor | None = None) -> Tensor:
        return generate_with(self.built, lambda player, *inputs: self.call(kept, player, *inputs), latent, code)

    def draw(self, kept: Kept, count: int, source: torch.Generator) -> Sample:
        with answered_by(FreshNoise(source)):  # modules that draw go on where the latents end
            latent, code = self.outermost.latents(kept, count, source)
            return Sample(self.outermost.generate(kept, latent, code), latent, code, real=False)

    @torch.no_grad()
    def call(self, kept: Kept, player: str, *inputs: Tensor) -> Any:
        refuse_unknown(player, kept.weights, "what the snapshot keeps (a strategy's `keeps` names more)", BadPlugin)
        self.counts[player] += len(inputs[0])
        return functional_call(self.modules[player], kept.weights[player], inputs, strict=True)

    def game(self, kept: Kept, source: torch.Generator) -> Game:
        if not isinstance(self.built, Players) or self.hooks is None:
            raise Unsupported("there is no game where nothing is adversarial, or no recipe is given")
        now = still_game(
            self.built,
            self.hooks,
            weights=kept.weights,
            buffers={},
            memory=kept.memory,
            progress=torch.ones((), device=source.device),
            noise=DrawnNoise({}, source=source),
            settings=self.settings,
        )
        return replace(now, constrained=dict(kept.weights))  # a snapshot holds weights as they were played with

    @torch.no_grad()
    def judge(self, kept: Kept, of: Sample, source: torch.Generator) -> Tensor:
        game = self.game(kept, source)
        seen = game.see(of)
        rows = len(game.see(repeat_sample(of, self.settings.batch)))  # that it judges at once in training
        whole = repeat_rows(seen, -(-len(seen) // rows) * rows)
        self.counts["discriminator"] += len(whole)
        return torch.cat([game.discriminate(batch) for batch in torch.split(whole, rows)])[: len(seen)]


def repeat_rows(rows: Tensor, count: int) -> Tensor:
    """`count` of these rows, from the start again where there are fewer."""
    return rows[torch.arange(count, device=rows.device) % len(rows)]


def repeat_sample(of: Sample, count: int) -> Sample:
    """The same of samples, with what they were made from."""
    z, code = (None if column is None else repeat_rows(column, count) for column in (of.z, of.code))
    return Sample(repeat_rows(of.x, count), z, code, of.real)


def detach_derived(players: Built) -> None:
    """Weights that modules compute at every call, as torch's older weight_norm does, without a history to copy."""
    for part in (part for module in players.modules.values() for part in module.modules()):
        for name, value in vars(part).items():
            if isinstance(value, Tensor) and not value.is_leaf:
                setattr(part, name, value.detach())


def draw_samples(sampler: Sampler, kept: Kept, count: int, source: torch.Generator) -> Tensor:
    """`count` samples; raises Diverged when one of them is not finite."""
    samples = torch.cat(list(chunks(sampler, kept, count, source)))
    if not samples.isfinite().all():
        bad = int((~samples.flatten(1).isfinite().all(1)).sum())
        raise Diverged(f"{bad} of {count} samples are not finite")
    return samples


def chunks(sampler: Sampler, kept: Kept, count: int, source: torch.Generator) -> Iterator[Tensor]:
    """The samples in pieces, so that wide generators fit."""
    for start in range(0, count, CHUNK):
        wanted = min(CHUNK, count - start)
        yield draw_piece(sampler, kept, wanted, source)


def draw_piece(sampler: Sampler, kept: Kept, wanted: int, source: torch.Generator) -> Tensor:
    """So many samples at once; BadPlugin for what raises, and for what is no sample of so many."""
    try:
        piece = sampler.draw(kept, wanted, source)
    except GancheckError:
        raise
    except Exception as error:  # of the generator's, where no strategy samples
        raise BadPlugin(f"samples cannot be drawn: {type(error).__name__}: {error}") from error
    if not isinstance(piece, Sample) or len(piece.x) != wanted:
        got = tuple(piece.x.shape) if isinstance(piece, Sample) else type(piece).__name__
        raise BadPlugin(f"{sampler}.draw gave {got} for {wanted} samples; it must give a Sample")
    return piece.x
