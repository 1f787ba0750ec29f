"""Drawing samples from what a snapshot keeps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import gancheck as gc
from gancheck.errors import BadPlugin, Diverged, Unsupported
from gancheck.gans.sampler import CHUNK, PlainSampler, Sampler, draw_samples
from gancheck.strategies.recipe import Recipe
from gancheck.training.snapshot import sampler_of
from gancheck.training.trainer import Trainer


class Branches(nn.Module):
    """Doubles z and adds the code; noise of its own where it is asked for."""

    def __init__(self, noisy: bool = False) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(()))
        self.noisy = noisy

    def forward(self, z: Tensor, code: Tensor) -> Tensor:
        blur = gc.noise("normal", z.shape) if self.noisy else 0.0
        return 2 * self.weight * z + 100 * code[:, None] + blur


def plain(noisy: bool = False) -> PlainSampler:
    return PlainSampler(gc.Networks(Branches(noisy), gc.Latent(2, codes=3)))


KEPT = gc.Kept({"generator": {"weight": torch.tensor(3.0)}})


def source(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


class Truncated(Sampler):
    def latents(self, kept: gc.Kept, count: int, source: torch.Generator) -> tuple[Tensor, Tensor | None]:
        latent, code = self.inner.latents(kept, count, source)
        return latent.clamp(-0.1, 0.1), code


class Shifted(Sampler):
    def generate(self, kept: gc.Kept, latent: Tensor, code: Tensor | None = None) -> Tensor:
        return self.inner.generate(kept, latent, code) + 1_000


class Twice(Sampler):
    """Draws twice as many, and keeps the second half."""

    def draw(self, kept: gc.Kept, count: int, source: torch.Generator) -> gc.Sample:
        x, z, code, real = self.inner.draw(kept, 2 * count, source)
        assert z is not None
        assert code is not None
        return gc.Sample(x[count:], z[count:], code[count:], real)


def wrapped(*classes: type[Sampler]) -> Sampler:
    """Samplers around the plain one, as a recipe wraps them from left to right."""

    def around(cls: type[Sampler]) -> gc.Strategy:
        @gc.strategy(cls.__name__.lower(), family="sampling")
        class Made(gc.Strategy):
            def sampler(self, inner: Sampler) -> Sampler:
                return cls(inner)

        return Made()

    return Recipe("x", tuple(map(around, classes))).sampler(plain())


def test_samples_come_with_their_latents_and_codes_under_the_kept_weights() -> None:
    x, z, code, real = plain().draw(KEPT, 50, source())
    again = gc.Latent(2, codes=3).sample(50, source())
    assert z is not None
    assert code is not None
    assert not real
    assert z.equal(again[0])
    assert again[1] is not None
    assert code.equal(again[1])
    torch.testing.assert_close(x, 6 * z + 100 * code[:, None])


@pytest.mark.parametrize(
    "classes", [(Truncated, Shifted, Twice), (Twice, Shifted, Truncated), (Shifted, Twice, Truncated)]
)
def test_what_any_of_them_changes_holds_in_every_order(classes: tuple[type[Sampler], ...]) -> None:
    sampler = wrapped(*classes)
    x, z, code, _ = sampler.draw(KEPT, 40, source())
    latent, codes = gc.Latent(2, codes=3).sample(80, source())
    assert z is not None
    assert z.equal(latent[40:].clamp(-0.1, 0.1))
    assert code is not None
    assert codes is not None
    assert code.equal(codes[40:])
    torch.testing.assert_close(x, 6 * z + 100 * code[:, None] + 1_000)
    assert sampler.evaluations == {"generator": 80}


@pytest.mark.parametrize("noisy", [False, True])
def test_chunks_do_not_repeat(noisy: bool) -> None:
    samples = draw_samples(plain(noisy), KEPT, 2 * CHUNK + 7, source())
    assert len(samples.unique(dim=0)) == len(samples) == 2 * CHUNK + 7
    assert samples.equal(draw_samples(plain(noisy), KEPT, 2 * CHUNK + 7, source()))
    assert not samples.equal(draw_samples(plain(noisy), KEPT, 2 * CHUNK + 7, source(1)))


def test_rows_are_counted_by_player() -> None:
    sampler = plain()
    draw_samples(sampler, KEPT, CHUNK + 5, source())
    assert sampler.evaluations == {"generator": CHUNK + 5}


def test_a_player_that_is_not_kept_is_refused() -> None:
    with pytest.raises(BadPlugin, match="there is no 'encoder': what the snapshot keeps"):
        plain().call(KEPT, "encoder", torch.zeros(1, 2))


@pytest.mark.parametrize("weights", [{}, {"weight": torch.tensor(1.0), "bias": torch.tensor(1.0)}])
def test_kept_weights_must_be_those_of_the_network(weights: dict[str, Tensor]) -> None:
    with pytest.raises(RuntimeError, match=r"weight|bias"):
        plain().draw(gc.Kept({"generator": weights}), 3, source())


class Short(Sampler):
    def draw(self, kept: gc.Kept, count: int, source: torch.Generator) -> gc.Sample:
        x, z, code, real = self.inner.draw(kept, count, source)
        return gc.Sample(x[1:], z, code, real)


class Bare(Sampler):
    def draw(self, kept: gc.Kept, count: int, source: torch.Generator) -> gc.Sample:
        return self.inner.draw(kept, count, source).x  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("sampler", "said"),
    [(Short, r"Short.draw gave \(8, 2\) for 9 samples"), (Bare, "Bare.draw gave Tensor for 9 samples; .* a Sample")],
)
def test_a_wrong_draw_is_named(sampler: type[Sampler], said: str) -> None:
    with pytest.raises(BadPlugin, match=said):
        draw_samples(wrapped(sampler), KEPT, 9, source())


def test_samples_that_are_not_finite_are_counted() -> None:
    with pytest.raises(Diverged, match="9 of 9 samples are not finite"):
        draw_samples(plain(), gc.Kept({"generator": {"weight": torch.tensor(torch.inf)}}), 9, source())


def test_there_is_no_game_where_nothing_is_adversarial() -> None:
    with pytest.raises(Unsupported, match="no game"):
        plain().judge(KEPT, gc.Sample(torch.zeros(2, 2), None, None, real=True), source())


@pytest.mark.parametrize("recipe", ["none", "pacgan", "instance-noise", "ali", "spectral-norm"])
def test_samples_are_judged_as_a_game_at_the_end_judges_them(duel: Callable[..., Any], recipe: str) -> None:
    game = duel(recipe, phase="generator", progress=1.0).game
    played = {p: {**game.constrained_weights(p), **game.buffers[p]} for p in game.weights}
    sampler = PlainSampler(game.players, game.hooks, gc.Settings(batch=6))
    logits = sampler.judge(gc.Kept(played), gc.Sample(game.samples, game.latent, None, real=False), source())
    torch.testing.assert_close(logits, game.fake_logits)
    assert not logits.requires_grad
    assert sampler.evaluations == {"discriminator": len(logits)}


@pytest.mark.parametrize("recipe", ["minibatch-discrimination", "minibatch-std", "minibatch-std+pacgan"])
@pytest.mark.parametrize("count", [48, 20, 7])
def test_samples_are_judged_in_the_company_that_training_gives_them(
    duel: Callable[..., Any], recipe: str, count: int
) -> None:
    game = duel(recipe, batch=8).game
    sampler, rows = PlainSampler(game.players, game.hooks, gc.Settings(batch=8)), len(game.real)
    x = torch.randn(count, 2, generator=source())
    logits = sampler.judge(gc.Kept(dict(game.weights)), gc.Sample(x, None, None, real=True), source())
    seen = game.see(gc.Sample(x, None, None, real=True))
    batches = [seen[[i % len(seen) for i in range(start, start + rows)]] for start in range(0, len(seen), rows)]
    assert len(logits) == len(seen) == count // (8 // rows)
    torch.testing.assert_close(logits, torch.cat([game.discriminate(b) for b in batches])[: len(seen)])
    assert sampler.evaluations == {"discriminator": rows * len(batches)}


def test_the_game_has_the_recipes_settings(setup: Callable[..., Any]) -> None:
    made = setup("ttur+pacgan(m=3)", batch=10)
    trainer, sampler = Trainer(made), sampler_of(made)
    kept = gc.Kept({p: {n: t[0] for n, t in w.items()} for p, w in trainer.replicas.weights.items()})
    for drawing in (trainer.sampler, sampler):
        assert drawing.game(kept, source()).settings == trainer.replicas.settings != made.settings


def test_networks_are_in_evaluation_mode_and_those_handed_in_stay_as_they_were() -> None:
    made = gc.Players(nn.Sequential(nn.Linear(2, 2), nn.Dropout(0.9)), nn.Linear(2, 1), gc.Latent(2))
    sampler = PlainSampler(made)
    weights = {"generator": {n: p.detach() for n, p in made.generator.state_dict().items()}}
    latent = torch.ones(5, 2)
    assert sampler.generate(gc.Kept(weights), latent).equal(made.generator[0](latent))
    assert made.generator.training
