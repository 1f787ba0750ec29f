"""Runs that start from weights of other runs: what is in their ids, and what is refused when the suite is read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import safetensors.torch
import torch

import gancheck as gc
from gancheck.bench.plan import Plan
from gancheck.bench.suite_file import load_suite
from gancheck.errors import GancheckError
from gancheck.training.replicas import ReplicaStack

SUITE = """\
recipes = ["none", "pacgan(m=2)"]
seeds = 1
block = 1
budget = { steps = 2, evaluations = 1 }
evaluation = { samples = 200, metrics = ["modes"] }
START[[task]]
dataset = "ring8"
gan = { name = "mlp", width = 8 }
"""
Write = Callable[..., Path]


@pytest.fixture
def suite(tmp_path: Path, registry: gc.Registry) -> Write:
    """Writes a suite whose generator starts from a file that is scaled by a factor, or from nothing."""
    network = registry.build("gan", "mlp", width=8).build(registry.build("dataset", "ring8").spec).generator

    def write(scale: float | None = 1.0, player: str = "generator") -> Path:
        if scale is not None:
            tensors = {name: scale * torch.ones_like(t) for name, t in network.state_dict().items()}
            safetensors.torch.save_file(tensors, tmp_path / "w.safetensors")
        start = "" if scale is None else f'training.start = {{ {player} = "w.safetensors" }}\n'
        (tmp_path / "mine.toml").write_text(SUITE.replace("START", start))
        return tmp_path / "mine.toml"

    return write


def ids(suite: Path) -> set[str]:
    return {spec.training_id for spec in Plan.make(suite, out=suite.parent / "runs", device="cpu").specs}


def test_weights_are_part_of_the_id_by_their_content(suite: Write) -> None:
    ones = ids(suite(1.0))
    assert ids(suite(1.0)) == ones
    assert not ones & ids(suite(2.0))
    spec = Plan.make(suite(None), out=suite(None).parent / "runs", device="cpu").specs[0]
    assert "start" not in spec.table()["training"]  # as ever


def test_recipes_that_change_a_network_start_from_what_they_leave_of_it(suite: Write, tmp_path: Path) -> None:
    plan = Plan.make(suite(1.0, "generator"), out=tmp_path / "runs", device="cpu")
    for setup in plan.setups:
        weights = ReplicaStack(setup).weights["generator"]
        assert all(bool((tensor == 1).all()) for tensor in weights.values())


def test_weights_of_another_player_are_refused_when_the_suite_is_read(suite: Write, registry: gc.Registry) -> None:
    with pytest.raises(GancheckError, match="holds weights of another discriminator: '"):
        load_suite(suite(1.0, "discriminator"), registry)
    with pytest.raises(GancheckError, match="Did you mean 'generator'"):
        load_suite(suite(1.0, "generatr"), registry)
