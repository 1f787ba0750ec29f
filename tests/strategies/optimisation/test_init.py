from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import gancheck as gc
from gancheck.errors import BadParameter
from gancheck.training.trainer import Trainer


class Mixed(gc.Gan):
    """Layers of all kinds, some of which no scheme is for."""

    def build(self, data: gc.DataSpec) -> gc.Players:
        normed = nn.utils.parametrizations.weight_norm(nn.Linear(6, 4))
        maps = nn.Sequential(nn.Unflatten(1, (1, 4)), nn.Conv1d(1, 5, 3, padding=1), nn.BatchNorm1d(5), nn.Flatten())
        return gc.Players(nn.Sequential(nn.Linear(3, 6), normed, maps, nn.Linear(20, 2)), nn.Linear(2, 1), gc.Latent(3))


def start(trainer: Trainer, player: str) -> dict[str, Tensor]:
    """The matrices that a player starts with, (seeds, rows, columns)."""
    return {n: w.flatten(2) for n, w in trainer.replicas.weights[player].items() if w.dim() > 2}


def test_matrices_are_orthogonal_when_training_starts(setup: Callable[..., Any]) -> None:
    trainer = Trainer(setup("init"))
    for player in ("generator", "discriminator"):
        for matrix in start(trainer, player).values():
            wide = matrix if matrix.shape[1] <= matrix.shape[2] else matrix.mT
            torch.testing.assert_close(wide @ wide.mT, torch.eye(wide.shape[1]).expand(2, -1, -1), rtol=0, atol=1e-5)


def test_these_are_the_weights_that_the_first_step_leaves_from(setup: Callable[..., Any]) -> None:
    trainer = Trainer(setup("init", default=gc.Optimiser(name="sgd", lr=1e-12), steps=1))
    wanted = {n: w.clone() for n, w in start(trainer, "generator").items()}
    trainer.train()
    for name, matrix in start(trainer, "generator").items():
        torch.testing.assert_close(matrix, wanted[name], rtol=0, atol=1e-7)


@pytest.mark.parametrize(
    ("scheme", "deviation"), [("xavier", (2 / (32 + 32)) ** 0.5), ("normal", 0.02), ("kaiming", (2 / 32) ** 0.5)]
)
def test_matrices_have_the_spread_of_their_scheme(
    setup: Callable[..., Any], registry: gc.Registry, scheme: str, deviation: float
) -> None:
    trainer = Trainer(setup(f"init(scheme='{scheme}')", gan=registry.build("gan", "mlp", width=32, latent=4)))
    square = start(trainer, "generator")["2.weight"]
    assert square.std().item() == pytest.approx(deviation, rel=0.06)  # 2048 numbers
    if scheme == "xavier":
        assert square.abs().max() <= 3**0.5 * deviation  # uniform
    else:
        assert square.abs().max() > 2.5 * deviation
    assert all((w == 0).all() for n, w in trainer.replicas.weights["generator"].items() if n.endswith("bias"))


def test_seeds_and_players_differ_and_a_seed_repeats(setup: Callable[..., Any]) -> None:
    trainers = [Trainer(setup("init", seeds=seeds)) for seeds in ((0, 1), (1,))]
    first, again = (start(trainer, "generator")["2.weight"] for trainer in trainers)
    assert not torch.isclose(first[0], first[1]).any()
    assert not torch.isclose(first[0], start(trainers[0], "discriminator")["3.weight"][0]).any()
    assert torch.equal(first[1], again[0])


def test_layers_without_a_scheme_keep_what_they_have(setup: Callable[..., Any]) -> None:
    plain, treated = (Trainer(setup(recipe, gan=Mixed())).replicas.weights["generator"] for recipe in ("none", "init"))
    changed = {name for name, tensor in plain.items() if not tensor.equal(treated[name])}
    assert changed == {"0.weight", "0.bias", "1.bias", "2.1.weight", "2.1.bias", "3.weight", "3.bias"}


def test_layers_that_a_strategy_adds_are_drawn_too(setup: Callable[..., Any]) -> None:
    head = Trainer(setup("init+minibatch-std")).replicas.weights["discriminator"]
    name = max(n for n in head if n.endswith("weight"))
    torch.testing.assert_close(head[name].square().sum((1, 2)), torch.ones(2))


def test_an_unknown_scheme_is_refused(registry: gc.Registry) -> None:
    with pytest.raises(BadParameter, match="scheme"):
        registry.build("strategy", "init", scheme="ones")
