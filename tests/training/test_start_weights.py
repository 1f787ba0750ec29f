"""Starting from weights that are there: of every kind of file, and never of another network."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import safetensors.torch
import torch

from gancheck.errors import BadData, BadParameter
from gancheck.training.checkpoints import Checkpoints
from gancheck.training.record import TrainingRecord
from gancheck.training.replicas import ReplicaStack
from gancheck.training.setup import TrainingSetup
from gancheck.training.start_weights import content_of, read_player, save_players
from gancheck.training.trainer import Trainer

Setup = Callable[..., TrainingSetup]


@pytest.fixture(scope="module")
def trained(setup: Setup, tmp_path_factory: pytest.TempPathFactory) -> tuple[TrainingRecord, Path]:
    """A training of two seeds, the first of them in three kinds of file: players, record and checkpoint."""
    place = tmp_path_factory.mktemp("trained")
    checkpoints = Checkpoints(place / "a.checkpoint", "id", every=0.0)
    record = Trainer(setup(steps=4, evaluations=2)).train(checkpoints=checkpoints)[0]
    record.save(place / "record.safetensors", {})
    save_players(record.players, place / "players.safetensors", {})
    safetensors.torch.save_file(
        {name: t.contiguous() for name, t in record.players["generator"].items()}, place / "plain.safetensors"
    )
    return record, place


@pytest.mark.parametrize("file", ["players.safetensors", "record.safetensors", "a.checkpoint", "plain.safetensors"])
def test_every_seed_starts_from_the_file(file: str, trained: tuple[TrainingRecord, Path], setup: Setup) -> None:
    record, place = trained
    start = {"generator": str(place / file)}
    replicas = ReplicaStack(setup(start=start))
    fresh = ReplicaStack(setup())
    for name, tensor in record.players["generator"].items():
        assert replicas.weights["generator"][name].equal(torch.stack([tensor, tensor]))
    for name, tensor in fresh.weights["discriminator"].items():
        assert replicas.weights["discriminator"][name].equal(tensor)
    assert content_of(start["generator"], "generator") == content_of(str(place / "plain.safetensors"), "generator")


def test_discriminator_can_be_taken_where_a_file_has_it(trained: tuple[TrainingRecord, Path]) -> None:
    record, place = trained
    found = read_player(str(place / "players.safetensors"), "discriminator")
    assert all(tensor.equal(record.players["discriminator"][name]) for name, tensor in found.items())
    assert read_player(str(place / "record.safetensors"), "discriminator") == {}


def test_weights_of_another_network_are_refused(trained: tuple[TrainingRecord, Path], setup: Setup) -> None:
    start = {
        "discriminator": str(trained[1] / "players.safetensors"),
        "generator": str(trained[1] / "record.safetensors"),
    }
    with pytest.raises(BadData, match=r"weights of another discriminator: '.*weight' is \(16, 2\) in the file and"):
        ReplicaStack(setup("none", data="digits", start=start))


@pytest.mark.parametrize("recipe", ["presgan", "width(factor=2.0)"])
def test_weights_that_a_recipe_would_lose_are_refused(
    recipe: str, trained: tuple[TrainingRecord, Path], setup: Setup
) -> None:
    start = {"generator": str(trained[1] / "players.safetensors")}
    with pytest.raises(BadParameter, match="the recipe builds another generator, in which the weights have no place"):
        ReplicaStack(setup(recipe, start=start))
    assert ReplicaStack(setup("pacgan", start={"discriminator": start["generator"]}))  # whose first layer alone is new


def test_file_that_is_not_there_or_not_whole_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(BadData, match="there is no file"):
        read_player(str(tmp_path / "none.safetensors"), "generator")
    (tmp_path / "bad.safetensors").write_bytes(b"12345678901234567890")
    with pytest.raises(BadData, match="no whole safetensors file"):
        read_player(str(tmp_path / "bad.safetensors"), "generator")
