from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import gancheck as gc
from gancheck.errors import BadParameter
from gancheck.strategies.objectives.mgan import Branches
from gancheck.strategies.recipe import Recipe

FOUR = "mgan(k=4, beta=0.3)"


def samples(d: Any) -> Tensor:
    """Every sample by its own generator: one of the first layers, then the layers that all share."""
    branches = d.generator
    rows = [branches.shared(branches.first[k](z[None])) for z, k in zip(d.z, d.game.code.tolist(), strict=True)]
    return torch.cat(rows)


def surprise(d: Any) -> Tensor:
    """-E log C_u(G_u(z))."""
    answers = d.modules["classifier"](samples(d)).exp()
    chosen = [row[k] / row.sum() for row, k in zip(answers, d.game.code.tolist(), strict=True)]
    return -torch.stack(chosen).log().mean()


def log_sigmoid(logits: Tensor) -> Tensor:
    return -torch.log1p(torch.exp(-logits))


def assert_same_gradients(loss: Tensor, expected: Tensor, module: nn.Module) -> None:
    torch.testing.assert_close(loss, expected)
    weights = list(module.parameters())
    found = [torch.autograd.grad(kind, weights, allow_unused=True) for kind in (loss, expected)]
    for weight, mine, other in zip(weights, *found, strict=True):  # a generator may be nobody's in so small a batch
        torch.testing.assert_close(mine, torch.zeros_like(weight) if other is None else other, rtol=1e-4, atol=1e-7)


def test_every_code_is_a_generator_with_a_first_layer_of_its_own(duel: Callable[..., Any]) -> None:
    d = duel(FOUR, batch=32)
    assert set(d.game.code.tolist()) == {0, 1, 2, 3}
    torch.testing.assert_close(d.game.samples, samples(d))
    firsts = [branch[0].weight for branch in d.generator.first]
    assert all(not one.equal(other) for i, one in enumerate(firsts) for other in firsts[:i])


def test_discriminator_plays_against_the_mixture(duel: Callable[..., Any]) -> None:
    d = duel(FOUR)
    real, fake = d.discriminator(d.x), d.discriminator(samples(d))
    assert_same_gradients(d.loss(), -log_sigmoid(real).mean() - log_sigmoid(-fake).mean(), d.discriminator)


def test_generators_help_the_classifier(duel: Callable[..., Any]) -> None:
    d = duel(FOUR, "generator")
    expected = -log_sigmoid(d.discriminator(samples(d))).mean() + 0.3 * surprise(d)
    assert_same_gradients(d.loss(), expected, d.generator)


def test_classifier_learns_whose_samples_it_sees_in_the_discriminators_turn(duel: Callable[..., Any]) -> None:
    d = duel(FOUR, owner="classifier")
    assert_same_gradients(d.loss(), surprise(d), d.modules["classifier"])
    assert d.game.players.turn("classifier") == "discriminator"
    assert d.game.players.owners == ("discriminator", "generator", "classifier")


def test_a_generator_that_is_no_sequence_is_copied_whole() -> None:
    class Own(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = nn.Linear(3, 2)

        def forward(self, z: Tensor) -> Tensor:
            answer: Tensor = self.layer(z).tanh()
            return answer

    made = [Own() for _ in range(3)]
    z, code = torch.randn(5, 3), torch.tensor([2, 0, 1, 1, 2])
    torch.testing.assert_close(Branches(list(made))(z, code), torch.stack([made[k](z[i]) for i, k in enumerate(code)]))


def test_layers_without_weights_go_with_the_first_that_has_some() -> None:
    made = [nn.Sequential(nn.Unflatten(1, (3, 1)), nn.Flatten(), nn.Linear(3, 4), nn.Linear(4, 2)) for _ in range(2)]
    branches = Branches(list(made))
    assert [len(first) for first in branches.first] == [3, 3]  # type: ignore[arg-type]
    assert next(iter(branches.shared.parameters())) is made[0][3].weight


@pytest.fixture(scope="module")
def alone(train: Callable[..., Any]) -> Any:
    return train("mgan(k=2)", steps=2)


@pytest.mark.parametrize("other", ["r1", "ema(decay=0.5)", "pacgan", "spectral-norm"])
def test_a_treatment_acts_beside_it(
    train: Callable[..., Any], apart: Callable[..., float], alone: Any, other: str
) -> None:
    assert apart(train(f"mgan(k=2)+{other}", steps=2), alone) > 1e-7


def test_classifier_changes_the_generators(train: Callable[..., Any], apart: Callable[..., float], alone: Any) -> None:
    assert apart(train("mgan(k=2, beta=1.0)", steps=2), alone) > 1e-5


def test_a_generator_with_classes_is_left_alone_with_a_reason(registry: gc.Registry) -> None:
    gan, data = registry.build("gan", "cgan", width=4), registry.build("dataset", "ring8").spec
    assert "mgan: needs a generator without codes" in str(Recipe.parse("mgan", registry).supports(gan, data))


@pytest.mark.parametrize("parameter", ["k=1", "beta=-0.1"])
def test_one_generator_and_negative_weights_are_refused(duel: Callable[..., Any], parameter: str) -> None:
    with pytest.raises(BadParameter, match="at least 2 generators"):
        duel(f"mgan({parameter})")
