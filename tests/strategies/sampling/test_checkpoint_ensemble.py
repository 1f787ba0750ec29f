from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from gancheck.errors import BadParameter
from gancheck.strategies.sampling.checkpoint_ensemble import MEMORY, kept_generators
from gancheck.training.vectorise import ExecutionPath

RECIPE = "checkpoint-ensemble(members=3, parts=3)"


def generators(made: Any) -> list[dict[str, torch.Tensor]]:
    """The generators of every member, the present one in the end."""
    return [
        {**made.kept.generator, **member.get("generator", {})} for member in kept_generators(made.kept.memory[MEMORY])
    ]


def live_generators(trained: Callable[..., Any], steps: tuple[int, ...]) -> list[dict[str, torch.Tensor]]:
    """The generators of the same training without an ensemble after so many steps."""
    made = trained("none", steps=steps[0])
    found = {steps[0]: made.kept.generator}
    for step in range(steps[0] + 1, steps[-1] + 1):
        made.trainer.step()
        found[step] = made.trainer.snapshots()[0].generator
    return [found[step] for step in steps]


def same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return all(one[name].equal(other[name]) for name in other)


@pytest.mark.parametrize(("steps", "members"), [(3, (1, 2, 3)), (7, (4, 6, 7)), (6, (2, 4, 6))])
def test_members_are_the_generators_of_earlier_steps(
    trained: Callable[..., Any], steps: int, members: tuple[int, ...]
) -> None:
    made = trained(RECIPE, steps=steps)
    found, expected = generators(made), live_generators(trained, members)
    assert len(found) == len(members)
    assert all(same(one, other) for one, other in zip(found, expected, strict=True))
    assert not any(same(one, made.start.generator) for one in found)


def test_every_member_makes_as_many_samples(trained: Callable[..., Any]) -> None:
    made = trained(RECIPE, steps=7)
    drawn = made.sampler.draw(made.kept, 300, torch.Generator().manual_seed(0))
    module = made.trainer.replicas.players.generator
    answers = torch.stack([torch.func.functional_call(module, g, (drawn.z,)) for g in generators(made)])
    whose = (answers - drawn.x).abs().sum(2).argmin(0)
    torch.testing.assert_close(answers[whose, torch.arange(300)].detach(), drawn.x)
    assert torch.bincount(whose).tolist() == [100, 100, 100]
    assert whose[:150].unique(return_counts=True)[1].min() > 30  # in no order


@pytest.mark.parametrize("recipe", [f"{RECIPE}+ema(decay=0.9)", f"ema(decay=0.9)+{RECIPE}"])
def test_it_is_an_ensemble_of_means_beside_ema_in_both_orders(trained: Callable[..., Any], recipe: str) -> None:
    made, mean = trained(recipe, steps=7), "ema(decay=0.9)"
    expected = [trained(mean, steps=n).kept.generator for n in (4, 6, 7)]
    assert all(same(one, other) for one, other in zip(generators(made), expected, strict=True))
    for alone in (RECIPE, mean):
        assert (made.samples(60) - trained(alone, steps=7).samples(60)).abs().max() > 1e-3
    assert not any(same(one, made.start.generator) for one in generators(made))


@pytest.mark.parametrize("other", ["r1", "pacgan", "spectral-norm", "deligan(components=3)"])
def test_it_has_an_effect_beside_others(trained: Callable[..., Any], other: str) -> None:
    alone, beside, both = (trained(r) for r in (RECIPE, other, f"{RECIPE}+{other}"))
    assert (both.samples(60) - alone.samples(60)).abs().max() > 1e-4
    assert (both.samples(60) - beside.samples(60)).abs().max() > 1e-4


@pytest.mark.parametrize("recipe", [f"{RECIPE}+mh-gan(real=50, length=3)", f"mh-gan(real=50, length=3)+{RECIPE}"])
def test_chains_of_an_ensemble_and_an_ensemble_of_chains(trained: Callable[..., Any], recipe: str) -> None:
    made = trained(recipe, steps=5)
    module = made.trainer.replicas.players.generator
    drawn = made.sampler.draw(made.kept, 60, torch.Generator().manual_seed(0))
    answers = torch.stack([torch.func.functional_call(module, g, (drawn.z,)) for g in generators(made)])
    assert (answers - drawn.x).abs().sum(2).amin(0).max() < 1e-5
    assert len((answers - drawn.x).abs().sum(2).argmin(0).unique()) == 3
    assert made.sampler.evaluations["discriminator"] > 3 * 60


def test_it_is_stacked_and_traced_and_keeps_what_the_loop_keeps(
    train: Callable[..., Any], apart: Callable[..., float]
) -> None:
    together = train(RECIPE, steps=3, path=ExecutionPath("stacked", "traced"))
    alone = train(RECIPE, steps=3, path=ExecutionPath("looped", "eager"))
    assert {record.path for record in together} == {"stacked-traced"}
    assert apart(together, alone) < 1e-5
    for one, other in zip(together, alone, strict=True):
        queues = (record.snapshots[3].memory["checkpoint-ensemble"]["queue"]["generator"] for record in (one, other))
        torch.testing.assert_close(*queues, rtol=1e-4, atol=1e-5)


def test_the_last_parts_of_a_run_are_drawn_from(trained: Callable[..., Any]) -> None:
    found = generators(trained("checkpoint-ensemble(members=3, parts=6)", steps=12))
    assert all(same(one, other) for one, other in zip(found, live_generators(trained, (8, 10, 12)), strict=True))


@pytest.mark.parametrize("steps", [2, 3, 19, 25])
def test_a_short_run_is_an_ensemble_too(trained: Callable[..., Any], steps: int) -> None:
    last = range(max(1, steps - 3), steps + 1)
    found = generators(trained("checkpoint-ensemble", steps=steps))
    assert all(same(one, other) for one, other in zip(found, live_generators(trained, tuple(last)), strict=True))


def test_a_run_without_an_earlier_generator_is_refused(train: Callable[..., Any]) -> None:
    with pytest.raises(BadParameter, match="a run of 1 step has no earlier generator"):
        train("checkpoint-ensemble", steps=1)


@pytest.mark.parametrize("bad", ["members=1", "members=4, parts=3"])
def test_bad_parameters_are_refused(duel: Callable[..., Any], bad: str) -> None:
    with pytest.raises(BadParameter, match=bad.partition("=")[0]):
        duel(f"checkpoint-ensemble({bad})")
