from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

import gancheck as gc
from gancheck.errors import BadParameter
from gancheck.strategies.data.dyngan import FAR, LOOKS, SEEN, mean_answer, with_new_codes, with_row
from gancheck.strategies.data.self_conditioned import MEMORY
from gancheck.strategies.recipe import Recipe
from gancheck.training.trainer import Trainer

RECIPE = "dyngan(clusters=4, clusterings=2, rows=60, margin=1.0)"  # whatever is likelier real counts as not generated


def test_it_starts_with_one_code_for_all(duel: Callable[..., Any]) -> None:
    d = duel(RECIPE)
    assert d.game.code.tolist() == [0] * 6
    assert d.game.real_sample(d.game.batch).code.tolist() == [0] * 6
    memory = d.game.memory[MEMORY]
    assert memory["shares"].tolist() == [1, 0, 0, 0]
    assert (memory["centres"][1:] == FAR).all()


def test_what_is_lost_of_each_code_gets_a_free_one_and_then_the_last() -> None:
    code = torch.tensor([0, 0, 1, 1, 2, 2])
    lost = torch.tensor([True, False, True, True, False, True])
    assert with_new_codes(code, lost, 3, 9).tolist() == [3, 0, 1, 1, 2, 4]
    assert with_new_codes(code, lost, 3, 4).tolist() == [3, 0, 1, 1, 2, 3]
    assert with_new_codes(code, code > -1, 3, 9).tolist() == code.tolist()
    assert with_new_codes(code, code < 0, 3, 9).tolist() == code.tolist()
    assert with_row(torch.zeros(3, 2), 1, torch.ones(2)).tolist() == [[0, 0], [1, 1], [0, 0]]


def test_answers_are_averaged_over_the_discriminators_that_were_seen(duel: Callable[..., Any]) -> None:
    d = duel(RECIPE)
    code, source = torch.tensor([0, 1, 2, 3, 0, 1]), torch.Generator().manual_seed(0)
    weights = d.game.weights["discriminator"]
    judges = {name: torch.randn(LOOKS, *w.shape, generator=source) for name, w in weights.items()}
    seen = torch.cat([d.x, torch.nn.functional.one_hot(code, 4)], 1)
    answers = [
        torch.func.functional_call(d.discriminator, {n: w[i] for n, w in judges.items()}, (seen,)) for i in range(LOOKS)
    ]
    expected = torch.stack(answers).sigmoid().mean(0).flatten()
    torch.testing.assert_close(mean_answer(d.x, code, judges, d.game), expected)


def test_codes_grow_at_partitions_only_and_are_drawn_as_often_as_they_have_samples(setup: Callable[..., Any]) -> None:
    trainer = Trainer(setup(RECIPE, steps=13, seeds=(2,)))  # one whose discriminator starts undecided
    trainer.prepare()
    used = []
    for _ in range(13):
        trainer.step()
        used.append(int((trainer.replicas.memory[MEMORY]["shares"] > 0).sum()))
    first = 2 * LOOKS - 1  # a period of 2 steps, and no look before the first step
    assert set(used[: first - 1]) == {1}
    assert used[-1] == 2
    memory = {name: t[0] for name, t in trainer.replicas.memory[MEMORY].items() if name != "discriminator"}
    torch.testing.assert_close(memory["shares"].sum(), torch.tensor(1.0))
    assert [bool((centre == FAR).all()) for centre in memory["centres"]] == [False, False, True, True]
    assert all(len(rows[0]) == LOOKS for rows in trainer.replicas.memory[SEEN].values())


def test_nothing_is_partitioned_where_the_discriminator_is_not_sure(setup: Callable[..., Any]) -> None:
    trainer = Trainer(setup("dyngan(clusters=4, clusterings=2, rows=60, margin=1e-6)", steps=13))
    trainer.train()
    assert trainer.replicas.memory[MEMORY]["shares"].tolist() == [[1, 0, 0, 0]] * 2


@pytest.mark.parametrize("other", ["pacgan", "r1+ema", "spectral-norm"])
def test_it_composes(train: Callable[..., Any], other: str) -> None:
    records = train(f"{RECIPE}+{other}", steps=13)
    assert [record.status for record in records] == ["done", "done"]


def test_what_it_cannot_treat_is_refused(registry: gc.Registry) -> None:
    gan, data = registry.build("gan", "cgan", width=4), registry.build("dataset", "ring8").spec
    assert "needs a generator without codes" in str(Recipe.parse("dyngan", registry).supports(gan, data))
    for parameter in ("margin=0.0", "share=1.0"):
        with pytest.raises(BadParameter, match=parameter.replace("=", " = ")):
            Recipe.parse(f"dyngan({parameter})", registry)
