"""What strategies cost: evaluations are counted, and every built-in strategy has its figures."""

from __future__ import annotations

import json

import pytest

import gancheck as gc
from benchmarks.strategies.cost import COSTS, count_evaluations, count_sampling, make_setup

#: Written down by hand: the generator once a turn, the discriminator on real, generated, and again generated samples.
BY_HAND = {
    "none": 2 + 3,
    "r1": 2 + 4,  # real samples once more, to differentiate
    "pacgan(m=3)": 2 * 3 + 3,  # three samples a judgement
    "n-critic(k=3)": 3 * 3 + 2,
}


@pytest.mark.parametrize("recipe", BY_HAND)
def test_evaluations_of_a_step_are_those_counted_by_hand(registry: gc.Registry, recipe: str) -> None:
    assert count_evaluations(make_setup(recipe, registry, "eager", seeds=1)) == BY_HAND[recipe]


def test_a_plain_sample_takes_one_answer_and_a_chain_many(registry: gc.Registry) -> None:
    assert count_sampling(make_setup("none", registry, "eager", seeds=1)) == 1
    assert count_sampling(make_setup("mh-gan(length=5)", registry, "eager", seeds=1)) > 10


def test_every_strategy_has_its_figures_and_few_cost_more_than_three_times(registry: gc.Registry) -> None:
    costs = json.loads(COSTS.read_text())["strategies"]
    assert sorted(costs) == registry.names("strategy")
    assert costs["none"]["seconds"] == pytest.approx(1, abs=0.1)
