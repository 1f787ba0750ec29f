from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import nn

import gancheck as gc
from gancheck.errors import BadParameter
from gancheck.gans.sampler import PlainSampler
from gancheck.numerics.seeding import generator
from gancheck.strategies.data.self_conditioned import MEMORY, SelfConditioned, cluster_again, clusters_at
from gancheck.strategies.recipe import Recipe
from gancheck.training.diversity import DiversityProbe
from gancheck.training.look import SeedLook
from gancheck.training.trainer import Trainer
from gancheck.training.vectorise import ExecutionPath

RECIPE = "self-conditioned(clusters=5, clusterings=10, rows=200)"


def started(setup: Callable[..., Any], recipe: str = RECIPE, steps: int = 1, **how: Any) -> Trainer:
    """A trainer after some steps."""
    trainer = Trainer(setup(recipe, seeds=(0,), **how))
    trainer.prepare()
    for _ in range(steps):
        trainer.step()
    return trainer


def plain_features(d: Any, x: torch.Tensor, weights: dict[str, torch.Tensor]) -> torch.Tensor:
    """The last hidden layer for samples joined with no code, by a plain call of the layers."""
    seen = torch.cat([x, torch.zeros(len(x), 5)], 1)
    body = d.discriminator[:-1]
    return torch.func.functional_call(body, {n: weights[n] for n in body.state_dict()}, (seen,))


def test_real_samples_get_the_nearest_centre_in_the_features_clustered_with(duel: Callable[..., Any]) -> None:
    d = duel(RECIPE, batch=12)
    source = torch.Generator().manual_seed(0)
    weights = {n: torch.randn(w.shape, generator=source) for n, w in d.game.weights["discriminator"].items()}
    centres = plain_features(d, d.x[[1, 4, 7, 8, 10]], weights).detach()
    memory = {"centres": centres, "shares": torch.full((5,), 0.2), "discriminator": weights}
    game = replace(d.game, memory={MEMORY: memory})
    expected = torch.cdist(plain_features(d, d.x, weights), centres).argmin(1)
    code = game.hooks.codes(game.batch, game)
    assert code.tolist() == expected.tolist()
    assert code[[1, 4, 7, 8, 10]].tolist() == [0, 1, 2, 3, 4]
    assert torch.equal(game.real, torch.cat([d.x, nn.functional.one_hot(code, 5)], 1))


def test_generated_samples_are_of_their_code_and_judged_with_it(duel: Callable[..., Any]) -> None:
    d = duel(RECIPE, phase="generator")
    shift = d.generator.shift
    samples = d.generator.generator(d.z + torch.stack([shift[k] for k in d.game.code]))
    torch.testing.assert_close(d.game.samples, samples)
    seen = torch.cat([samples, nn.functional.one_hot(d.game.code, 5)], 1)
    torch.testing.assert_close(d.loss(), nn.functional.softplus(-d.discriminator(seen)).mean())


def test_packs_are_joined_with_the_shares_of_their_codes(duel: Callable[..., Any]) -> None:
    code = nn.functional.one_hot
    right = duel(f"{RECIPE}+pacgan", phase="generator").game
    assert right.fake.shape == (3, 2 * 7)
    assert torch.equal(right.fake[:, 2:7], code(right.code[0::2], 5).float())
    left = duel(f"pacgan+{RECIPE}", phase="generator").game
    assert left.fake.shape == (3, 2 * 2 + 5)
    assert torch.equal(left.fake[:, 4:], (code(left.code[0::2], 5) + code(left.code[1::2], 5)) / 2)


@pytest.mark.parametrize("recipe", [RECIPE, f"{RECIPE}+pacgan", f"pacgan+{RECIPE}"])
def test_images_are_joined_with_constant_channels(registry: gc.Registry, recipe: str) -> None:
    data = gc.DataSpec((1, 8, 8), low=-1, high=1)
    assert Recipe.parse(recipe, registry).supports(registry.build("gan", "dcgan", width=4), data) is None
    game = gc.testing.game(recipe, "generator", data=data, gan="dcgan", registry=registry, width=4).game
    for seen in (game.fake, game.real):
        pixels = seen.flatten(2)
        assert seen.shape[1] in (1 + 5, 2 * (1 + 5), 2 + 5)
        assert ((pixels == pixels[:, :, :1]).all(2).sum(1) >= 5).all()
    assert game.hooks.codes(game.batch, game).shape == game.latent.shape[:1]
    assert torch.isfinite(game.fake_logits).all()


def test_centres_are_a_fixed_point_of_k_means_and_shares_those_of_the_clusters(setup: Callable[..., Any]) -> None:
    trainer = started(setup, steps=0)
    data = trainer.setup.dataset
    trainer.refreshing.before_step()
    memory = {name: t[0] for name, t in trainer.replicas.memory[MEMORY].items() if name != "discriminator"}
    x = data.draw(200, generator("cpu", 0, "refresh", "self-conditioned", 0)).x
    body = trainer.replicas.players.discriminator[:-1]
    weights = {n: trainer.replicas.weights["discriminator"][n][0] for n in body.state_dict()}
    features = torch.func.functional_call(body, weights, (torch.cat([x, torch.zeros(200, 5)], 1),)).detach()
    label = torch.cdist(features, memory["centres"]).argmin(1)
    means = torch.stack([features[label == k].mean(0) for k in range(5)])
    torch.testing.assert_close(memory["centres"], means, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(memory["shares"], torch.bincount(label, minlength=5) / 200)


@pytest.mark.parametrize(
    ("steps", "clusterings", "at"), [(7, 3, [0, 3, 6]), (6, 3, [0, 2, 4]), (2, 20, [0, 1]), (100, 2, [0, 50])]
)
def test_clusterings_are_spread_over_the_run(steps: int, clusterings: int, at: list[int]) -> None:
    recipe = Recipe("x", (SelfConditioned(clusterings=clusterings),))
    assert [step for step in range(steps) if recipe.due(step, steps)] == at


def test_clusters_are_found_again_every_period(setup: Callable[..., Any]) -> None:
    trainer, centres = started(setup, steps=0), []
    for _ in range(4):
        trainer.step()
        centres.append(trainer.replicas.memory[MEMORY]["centres"].clone())
    assert centres[0].equal(centres[1])
    assert not centres[1].equal(centres[2])
    assert centres[2].equal(centres[3])


def test_new_clusters_bear_the_numbers_of_those_before() -> None:
    source = torch.Generator().manual_seed(0)
    middle = torch.tensor([[0.0, 0.0], [9.0, 0.0], [0.0, 9.0], [9.0, 9.0]])
    true = torch.arange(4).repeat(25)
    x = middle[true] + torch.randn(100, 2, generator=source)
    noisy = torch.where(torch.rand(100, generator=source) < 0.2, 0, (true + 1) % 4)  # other numbers, some wrong
    centres, label = cluster_again(x, noisy, 4)
    assert label.equal((true + 1) % 4)
    for k in range(4):
        torch.testing.assert_close(centres[k].float(), x[true == (k - 1) % 4].mean(0), rtol=1e-4, atol=1e-4)


def test_a_cluster_that_has_lost_its_samples_gets_others() -> None:
    x = torch.cat([torch.zeros(10, 1), torch.ones(10, 1), torch.full((10, 1), 5.0)])
    before = torch.tensor([0] * 20 + [2] * 10)
    centres, label = cluster_again(x, before, 3)
    assert sorted(centres.flatten().tolist()) == pytest.approx([0, 1, 5], abs=1e-6)
    assert label[-1] == 2
    assert torch.bincount(label).tolist() == [10, 10, 10]


def test_clusters_are_drawn_as_often_as_they_have_samples(duel: Callable[..., Any]) -> None:
    shares = torch.tensor([0.5, 0.0, 0.2, 0.3])
    uniform = torch.rand(20_000, generator=torch.Generator().manual_seed(0))
    drawn = torch.bincount(clusters_at(uniform, shares), minlength=4) / 20_000
    torch.testing.assert_close(drawn, shares, rtol=0, atol=0.01)
    d = duel(RECIPE, batch=512)
    memory = {**d.game.memory[MEMORY], "shares": torch.tensor([0.0, 0.0, 1.0, 0.0, 0.0])}
    game = replace(d.game, memory={MEMORY: memory})
    latent, code = game.hooks.latents(d.game.latent, None, game)  # type: ignore[attr-defined]
    assert latent.equal(d.z)
    assert code.tolist() == [2] * 512


def test_evaluation_draws_the_clusters_that_were_kept(setup: Callable[..., Any]) -> None:
    trainer = started(setup)
    (kept,) = trainer.snapshots()
    kept.memory[MEMORY]["shares"] = torch.tensor([0.0, 1.0, 0.0, 0.0, 0.0])
    sampler = trainer.recipe.sampler(PlainSampler(trainer.replicas.players, trainer.recipe))
    drawn = sampler.draw(kept, 9, torch.Generator().manual_seed(0))
    assert drawn.code is not None
    assert drawn.code.tolist() == [1] * 9
    assert drawn.x.equal(sampler.generate(kept, drawn.z, drawn.code))


def test_the_probe_and_looks_draw_clusters_as_often_as_they_have_samples(setup: Callable[..., Any]) -> None:
    trainer = started(setup)
    trainer.replicas.memory[MEMORY]["shares"][:] = torch.tensor([0.0, 1.0, 0.0, 0.0, 0.0])
    kept = trainer.live_generators()
    codes: list[torch.Tensor] = []
    trainer.sampler.modules["generator"].register_forward_pre_hook(lambda _, given: codes.append(given[1]))
    probe = DiversityProbe(trainer.sampler, trainer.setup.dataset, torch.device("cpu"))
    probe.together = False  # so that the codes can be looked at
    probe(kept, 1)
    state = trainer.replicas.state_of(
        *torch.utils._pytree.tree_map(lambda t: t[0], trainer.replicas.state())  # one seed's
    )
    source = generator("cpu", "look")
    look = SeedLook(trainer.setup.dataset, source, 1, trainer.refreshing.networks(state, source))
    look.samples(30)
    assert [code.unique().tolist() for code in codes] == [[1], [1]]


def test_it_is_stacked_and_traced_and_equal_to_the_loop(train: Callable[..., Any], apart: Callable[..., float]) -> None:
    together = train(RECIPE, steps=3, path=ExecutionPath("stacked", "traced"))
    assert {record.path for record in together} == {"stacked-traced"}
    assert apart(together, train(RECIPE, steps=3, path=ExecutionPath("looped", "eager"))) < 1e-5


@pytest.mark.parametrize("other", ["r1", "ema(decay=0.5)", "pacgan", "spectral-norm"])
def test_it_has_an_effect_beside_others(train: Callable[..., Any], apart: Callable[..., float], other: str) -> None:
    alone, both, beside = (train(r, steps=2, seeds=(0,)) for r in (RECIPE, f"{RECIPE}+{other}", other))
    assert both[0].path == "stacked-eager"
    assert apart(both, alone) > 1e-6
    plain, conditioned = (r[0].snapshots[2].generator for r in (beside, both))
    assert all((conditioned[f"generator.{n}"] - w).abs().max() > 1e-6 for n, w in plain.items())


def test_a_seed_that_diverges_leaves_the_others_alone(setup: Callable[..., Any]) -> None:
    trainer = Trainer(setup(RECIPE, steps=3))
    trainer.prepare()
    trainer.step()
    for weight in trainer.replicas.weights["discriminator"].values():
        weight[1].fill_(torch.nan)
    for _ in range(2):
        trainer.step()
    assert trainer.are_finite() == [True, False]


def test_features_are_those_of_the_constrained_discriminator(setup: Callable[..., Any]) -> None:
    trainer = started(setup, f"{RECIPE}+spectral-norm")
    played = trainer.replicas.memory[MEMORY]["discriminator"]
    norms = [torch.linalg.matrix_norm(w[0], ord=2).item() for w in played.values() if w.dim() == 3]
    assert norms == pytest.approx([1.0] * len(norms), abs=0.05)


def test_a_discriminator_without_a_head_and_codes_of_others_are_refused(registry: gc.Registry) -> None:
    class Bare(gc.Gan):
        def __init__(self, codes: int) -> None:
            self.codes = codes

        def build(self, data: gc.DataSpec) -> gc.Players:
            return gc.Players(nn.Linear(3, 2), nn.Linear(data.size, 1), gc.Latent(3, codes=self.codes))

    recipe = Recipe.parse(RECIPE, registry)
    assert "whose last layer is an nn.Linear" in str(recipe.supports(Bare(0), gc.DataSpec((2,))))
    assert "one meaning of codes" in str(recipe.supports(Bare(3), gc.DataSpec((2,))))


@pytest.mark.parametrize("bad", ["clusters=1", "clusters=30, rows=20", "clusterings=1"])
def test_bad_parameters_are_refused(duel: Callable[..., Any], bad: str) -> None:
    with pytest.raises(BadParameter, match="clusters"):
        duel(f"self-conditioned({bad})")
