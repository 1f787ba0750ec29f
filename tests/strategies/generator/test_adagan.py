from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch.utils._pytree import tree_map

import gancheck as gc
from gancheck.errors import BadParameter
from gancheck.strategies.generator.adagan import AdaGan, as_data, find_level
from gancheck.training.look import SeedLook, SeedNetworks
from gancheck.training.trainer import Trainer

FEW = "adagan(generators=3, critic_updates=3, rows=100)"


@pytest.mark.parametrize("share", [0.5, 1 / 3, 0.1])
def test_weights_of_real_samples_are_one_in_the_mean(share: float) -> None:
    excess = torch.rand(200, generator=torch.Generator().manual_seed(0), dtype=torch.float64) * 4
    level = find_level(excess, share)
    weights = (level - (1 - share) * excess).clamp_min(0) / share
    assert weights.mean().item() == pytest.approx(1, abs=1e-9)
    assert (weights == 0).any()  # what the mixture has enough of is left out


def test_where_the_mixture_is_the_data_all_samples_weigh_alike() -> None:
    assert find_level(torch.ones(50, dtype=torch.float64), 0.25) == pytest.approx(0.25 + 0.75)


def test_generators_are_kept_start_again_and_are_all_drawn_from(setup: Callable[..., Any]) -> None:
    trainer = Trainer(setup(FEW, steps=6))
    trainer.prepare()
    start = {n: t.clone() for n, t in trainer.replicas.weights["generator"].items()}
    for step in range(6):
        trainer.refreshing.before_step()
        if step in (2, 4):  # a new generator starts where the first did
            assert all(t.equal(start[n]) for n, t in trainer.replicas.weights["generator"].items())
        trainer.signals = trainer.play()
        trainer.replicas.steps_done += 1
    assert trainer.replicas.memory["adagan/generators"]["filled"].tolist() == [2, 2]
    kept = trainer.snapshots()[0]
    sampler = trainer.recipe.sampler(trainer.sampler)
    source = torch.Generator().manual_seed(0)
    drawn = sampler.draw(kept, 30, source).x
    assert drawn.shape == (30, 2)
    queue = kept.memory["adagan/generators"]["queue"]["generator"]
    assert not any(t[0].equal(t[1]) for t in queue.values() if t[0].abs().sum() > 0)


def test_real_samples_that_the_mixture_covers_weigh_less(setup: Callable[..., Any]) -> None:
    """One generator gives the upper half of the ring; the next is trained on the lower half."""
    recipe = AdaGan(2, critic_updates=300)
    trainer = Trainer(setup("none", extra=(recipe,), steps=2, seeds=(0,), gan=UpperHalf()))
    trainer.prepare()
    trainer.step()
    trainer.refreshing.before_step()
    assert trainer.replicas.memory["adagan/critic"]["share"].tolist() == [0.5]
    state = trainer.replicas.state_of(*tree_map(lambda t: t[0], trainer.replicas.state()))
    game = trainer.refreshing.networks(state, torch.Generator().manual_seed(0)).game
    x = trainer.setup.dataset.draw(400, torch.Generator().manual_seed(1)).x
    game.batch = gc.Batch(x, torch.zeros(400, dtype=torch.long), torch.arange(400))
    weights = recipe.weigh(torch.ones(400), "real", game)
    assert weights[x[:, 1] > 0.5].mean() < 0.3 * weights[x[:, 1] < -0.5].mean()
    assert recipe.weigh(torch.ones(4), "fake", game).tolist() == [1, 1, 1, 1]


@pytest.mark.parametrize("parameter", ["generators=1", "critic_updates=0"])
def test_too_few_are_refused(duel: Callable[..., Any], parameter: str) -> None:
    with pytest.raises(BadParameter, match="must be at least"):
        duel(f"adagan({parameter})")


class UpperHalf(gc.Gan):
    """A generator that gives points of the ring's upper half, whatever its weight."""

    def build(self, data: gc.DataSpec) -> gc.Players:
        judge = torch.nn.Sequential(torch.nn.Linear(2, 16), torch.nn.LeakyReLU(0.2), torch.nn.Linear(16, 1))
        return gc.Players(Arc(), judge, gc.Latent(2))


class Arc(torch.nn.Module):
    """(z) -> a point of the unit circle with y above 0, and a parameter that all but does nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.shift = torch.nn.Parameter(torch.zeros(2))

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        angle = torch.pi * torch.special.ndtr(z[:, :1])
        return torch.cat([angle.cos(), angle.sin()], 1) + 0 * self.shift


def test_a_seed_that_has_diverged_does_not_stop_the_others(setup: Callable[..., Any]) -> None:
    trainer = Trainer(setup(FEW, steps=6))
    trainer.prepare()
    for _ in range(2):
        trainer.step()
    for weights in trainer.replicas.weights.values():
        for tensor in weights.values():
            tensor[0] = float("nan")
    trainer.step()  # the second generator begins
    assert trainer.replicas.memory["adagan/critic"]["share"][1].item() == 0.5


@pytest.mark.parametrize(("steps", "starts"), [(6, [2, 4]), (7, [2, 4]), (8, [2, 4])])
def test_there_are_as_many_generators_as_are_asked_for(
    setup: Callable[..., Any], steps: int, starts: list[int]
) -> None:
    trainer, found = Trainer(setup(FEW, steps=steps, seeds=(0,))), []
    trainer.prepare()
    for step in range(steps):
        before = trainer.replicas.memory["adagan/generators"]["filled"][0].item()
        trainer.step()
        found += [step] if trainer.replicas.memory["adagan/generators"]["filled"][0].item() > before else []
    assert found == starts


def test_earlier_generators_keep_their_running_means(setup: Callable[..., Any]) -> None:
    """A member of the mixture is drawn from as it was, batch norm included."""
    trainer = Trainer(setup("normalisation+adagan(generators=2, critic_updates=2)", steps=4, seeds=(0,)))
    trainer.prepare()
    for _ in range(2):
        trainer.step()
    state = trainer.replicas.state_of(*tree_map(lambda t: t[0].clone(), trainer.replicas.state()))
    networks = trainer.refreshing.networks(state, torch.Generator().manual_seed(0))
    kept = networks.snapshot()
    first = look_at(trainer, networks).draw(kept.weights, 128).x
    changed = {p: {n: t + 1 for n, t in b.items()} for p, b in networks.game.buffers.items()}
    game = replace(networks.game, buffers=changed)
    assert look_at(trainer, replace(networks, game=game)).draw(kept.weights, 128).x.equal(first)


def look_at(trainer: Trainer, networks: SeedNetworks) -> SeedLook:
    return SeedLook(trainer.setup.dataset, torch.Generator().manual_seed(1), 2, networks)


def test_the_critic_sees_points_and_not_the_codes_that_were_drawn(setup: Callable[..., Any]) -> None:
    """Real samples get codes by where they lie; generated ones that lie there get the same."""
    trainer = Trainer(setup("self-conditioned(clusters=4, clusterings=2, rows=200)+adagan(critic_updates=2)", steps=6))
    trainer.prepare()
    trainer.step()
    state = trainer.replicas.state_of(*tree_map(lambda t: t[0].clone(), trainer.replicas.state()))
    game = trainer.refreshing.networks(state, torch.Generator().manual_seed(0)).game
    real = trainer.setup.dataset.draw(64, torch.Generator().manual_seed(1))
    drawn = gc.Sample(real.x, torch.zeros(64, 4), torch.arange(64) % 4, real=False)
    seen = [game.see(game.real_sample(batch)) for batch in (real, as_data(drawn))]
    assert seen[0].equal(seen[1])


def test_the_mixture_is_drawn_as_it_is_evaluated(setup: Callable[..., Any]) -> None:
    """Of clusters that hold all real samples, none else is drawn."""
    trainer = Trainer(setup("self-conditioned(clusters=4, clusterings=2, rows=200)", steps=2, seeds=(0,)))
    trainer.prepare()
    trainer.step()
    trainer.replicas.memory["self-conditioned"]["shares"][:] = torch.tensor([0.0, 0.0, 1.0, 0.0])
    state = trainer.replicas.state_of(*tree_map(lambda t: t[0].clone(), trainer.replicas.state()))
    look = look_at(trainer, trainer.refreshing.networks(state, torch.Generator().manual_seed(0)))
    code = look.draw(look.snapshot().weights, 50).code
    assert code is not None
    assert code.tolist() == [2] * 50
